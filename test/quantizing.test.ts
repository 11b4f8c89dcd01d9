import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { targets } from '@refold/passes';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../packages/cli/src/cli.ts';
import { writeSamples } from './samples.ts';

// What docs/quantizing.md shows, run.
const root = fileURLToPath(new URL('../', import.meta.url));
const guide = readFileSync(join(root, 'docs/quantizing.md'), 'utf8');
const commands = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);
const [, code = '', output = ''] = /^```ts\n(.*?)^```\n\n```text\n(.*?)^```/ms.exec(guide) ?? [];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refold-quantizing-'));
  copyFileSync(join(root, 'examples/tiny_transformer.onnx'), join(folder, 'model.onnx'));
  writeSamples(join(folder, 'model.onnx'), join(folder, 'samples.npz'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// In the order in which they stand: one reads what another wrote.
test.each(commands)('%s', async (line) => {
  let complaints = '';
  const terminal = { stdout: { write: () => {} }, stderr: { write: (text: string) => (complaints += text) } };
  const words = line.split(' ').slice(1);
  const argv = words.map((word) => (/^[\w-]+\.(onnx|npz|json|txt)$/.test(word) ? join(folder, word) : word));
  expect([await run(argv, terminal), complaints]).toEqual([0, '']);
});

test('the guide shows commands, and they wrote what it says', () => {
  expect(commands.length).toBeGreaterThan(4);
  expect(
    ['quantized.onnx', 'report.json', 'seen.txt'].filter((file) => !existsSync(join(folder, file))),
  ).toEqual([]);
});

test('the code of the guide prints what it says', async () => {
  writeFileSync(join(folder, 'quantize.ts'), code);
  const outfile = join(folder, 'quantize.mjs');
  await build({
    entryPoints: [join(folder, 'quantize.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@refold/source'],
    nodePaths: [join(root, 'node_modules')],
    logLevel: 'silent',
  });
  const { stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual([output, '']);
});

test('the guide lists every target', () => {
  const listed = [...guide.matchAll(/^\| `([a-z][a-z-]+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(targets.map((t) => t.name));
});

test.each([...guide.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path))('%s is there', (path) => {
  expect(existsSync(join(root, 'docs', path))).toBe(true);
});
