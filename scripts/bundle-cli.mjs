// Bundles the command line into few files, so that it starts fast: node scripts/bundle-cli.mjs [FOLDER]
// Run by the build of packages/cli.
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const cli = fileURLToPath(new URL('../packages/cli/', import.meta.url));
const folder = process.argv[2] ?? `${cli}dist/bin`;
rmSync(folder, { recursive: true, force: true });
await build({
  entryPoints: [`${cli}src/main.ts`],
  outdir: folder,
  bundle: true,
  splitting: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@refold/source'],
  chunkNames: '[name]-[hash]',
  logLevel: 'warning',
  // Some dependencies are CommonJS and ask for Node's modules by require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
chmodSync(`${folder}/main.js`, 0o755);
