// Bundles the command line into two scripts, one for the main job alone and one for everything, each with a cache of
// compiled code, so that they start fast. Run by the build of packages/cli: node scripts/bundle-cli.mjs [FOLDER]
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const cli = fileURLToPath(new URL('../packages/cli/', import.meta.url));
const bin = process.argv[2] ?? join(cli, 'dist/bin');
const launcher = join(bin, 'main.js');

/** What the command line loads on demand, the main job never demands: the launcher starts the other script then. */
const leaveOutLoaded = {
  name: 'leave out what is loaded on demand',
  setup(bundler) {
    bundler.onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

// The launcher reads scripts byte by byte: esbuild writes nothing but ASCII.
const common = {
  bundle: true,
  minify: true,
  charset: 'ascii',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
};
const main = { ...common, entryPoints: [join(cli, 'src/main.ts')], conditions: ['@refold/source'] };

rmSync(bin, { recursive: true, force: true });
await build({ ...main, outfile: join(bin, 'refold.cjs') });
await build({ ...main, outfile: join(bin, 'main-job.cjs'), plugins: [leaveOutLoaded] });
await build({
  ...common,
  entryPoints: [join(cli, 'src/bin/launch.ts')],
  outfile: launcher,
  define: { 'import.meta.dirname': '__dirname' },
});
writeFileSync(join(bin, 'package.json'), '{ "type": "commonjs" }\n');
chmodSync(launcher, 0o755);

// Runs on an example compile what most runs need.
const example = fileURLToPath(new URL('../examples/tiny_transformer.onnx', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'refold-build-'));
const result = join(folder, 'out.onnx');
try {
  for (const words of [
    [example, result],
    [example, result, '--check', '1'],
  ]) {
    const run = spawnSync(process.execPath, [launcher, ...words], {
      env: { ...process.env, REFOLD_WRITE_CODE_CACHE: bin },
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`the bundle does not run: ${run.stderr}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
