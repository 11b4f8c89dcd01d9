import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Sources run without a build: every package exports them under this condition.
// (`import` and `require` are not listed: Node adds the one that fits, and both at once break packages.)
const conditions = ['@refold/source', 'node'];

const seeded = fileURLToPath(new URL('./test/fast-check.ts', import.meta.url));

export default defineConfig({
  plugins: [
    {
      name: 'seeded-fast-check',
      enforce: 'pre',
      resolveId: (source, importer) => (source === 'fast-check' && importer !== seeded ? seeded : undefined),
    },
  ],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // Only to end what hangs: the longest tests take half a minute on two cores that do nothing else.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
