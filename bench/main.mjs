// Prints ratios: how the work grows with the size of graphs, what the history of a run costs, and what rules cost.
//   npm run bench            graphs of up to 100,000 nodes
//   npm run bench -- chain --million     of one kind, up to a million
//   npm run bench -- matcher             one of growth, history and matcher alone
//   npm run bench -- runtime --models FOLDER   the fast tier against onnxruntime-web; --relaxed: with relaxed SIMD
//   npm run bench -- threads --models FOLDER   the fast tier on several threads (--threads N) against one
//   npm run bench -- quantization --models FOLDER   what must hold of quantizing any model (packages/passes/test/quantize-corpus)
//   npm run bench -- calibration --models FOLDER    peak memory of quantizing, by the number of samples
//   npm run bench -- analysis --models FOLDER       what ranking layers takes, against every layer on every sample
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { ensureInstalled, root, run } from '../scripts/ensure-installed.mjs';

ensureInstalled();
const programs = ['growth', 'history', 'matcher', 'runtime'];
// What asks for hours, or for a machine of its own, runs by name only.
const byName = ['threads', 'quantization', 'calibration', 'analysis'];
const named = [...programs, ...byName].filter((name) => process.argv.includes(name));
const chosen = named.length > 0 ? named : programs;
// A folder of its own, so that runs beside each other do not clear it away.
const folder = `${root}node_modules/.cache/refold-bench-${process.pid}`;
await build({
  entryPoints: chosen.map((name) => `${root}bench/${name}.ts`),
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@refold/source'],
  external: ['onnxruntime-web'],
  logLevel: 'warning',
  // Some dependencies are CommonJS and ask for Node's modules by require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
for (const name of chosen) {
  run('node', ['--max-old-space-size=6000', `${folder}/${name}.mjs`, ...process.argv.slice(2)]);
}
rmSync(folder, { recursive: true, force: true });
