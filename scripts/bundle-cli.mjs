// Bundles the command line into one script with a cache of compiled code, so that it starts fast. Run by the
// build of packages/cli: node scripts/bundle-cli.mjs [FOLDER]
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const cli = fileURLToPath(new URL('../packages/cli/', import.meta.url));
const bin = process.argv[2] ?? join(cli, 'dist/bin');
const launcher = join(bin, 'main.js');
const bundle = join(bin, 'refold.cjs');

rmSync(bin, { recursive: true, force: true });
const common = { bundle: true, minify: true, platform: 'node', target: 'node20', logLevel: 'warning' };
await build({
  ...common,
  entryPoints: [join(cli, 'src/main.ts')],
  outfile: bundle,
  format: 'cjs',
  conditions: ['@refold/source'],
  inject: [join(cli, 'src/bin/performance.ts')],
});
await build({
  ...common,
  entryPoints: [join(cli, 'src/bin/launch.ts')],
  outfile: launcher,
  format: 'cjs',
  define: { 'import.meta.dirname': '__dirname' },
});
writeFileSync(join(bin, 'package.json'), '{ "type": "commonjs" }\n');
chmodSync(launcher, 0o755);

// A run on an example compiles what most runs need.
const example = fileURLToPath(new URL('../examples/tiny_transformer.onnx', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'refold-build-'));
try {
  const run = spawnSync(process.execPath, [launcher, example, join(folder, 'out.onnx')], {
    env: { ...process.env, REFOLD_WRITE_CODE_CACHE: bundle },
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`the bundle does not run: ${run.stderr}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
