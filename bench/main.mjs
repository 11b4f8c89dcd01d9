// Prints ratios: how the work grows with the size of graphs, and what the history of a run costs.
//   npm run bench            graphs of up to 100,000 nodes
//   npm run bench -- chain --million     of one kind, up to a million
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { ensureInstalled, root, run } from '../scripts/ensure-installed.mjs';

ensureInstalled();
const folder = `${root}node_modules/.cache/refold-bench`;
await build({
  entryPoints: ['growth', 'history'].map((name) => `${root}bench/${name}.ts`),
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@refold/source'],
  logLevel: 'warning',
  // Some dependencies are CommonJS and ask for Node's modules by require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
for (const name of ['growth', 'history']) {
  run('node', ['--max-old-space-size=6000', `${folder}/${name}.mjs`, ...process.argv.slice(2)]);
}
rmSync(folder, { recursive: true, force: true });
