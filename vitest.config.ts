import { defineConfig } from 'vitest/config';

// Sources run without a build: every package exports them under this condition.
// (`import` and `require` are not listed: Node adds the one that fits, and both at once break packages.)
const conditions = ['@refold/source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
  },
});
