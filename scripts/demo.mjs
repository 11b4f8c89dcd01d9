// Installs, builds, and simplifies an example model: what a newcomer sees first.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, root, run } from './ensure-installed.mjs';

ensureInstalled();
run('node', [`${root}scripts/build.mjs`]);
const folder = mkdtempSync(join(tmpdir(), 'refold-demo-'));
try {
  const model = process.argv[2] ?? `${root}examples/tiny_transformer.onnx`;
  console.log(`\nrefold ${model.replace(root, '')} out.onnx --check 2\n`);
  run('node', [`${root}packages/cli/dist/bin/main.js`, model, join(folder, 'out.onnx'), '--check', '2']);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
