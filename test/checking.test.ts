import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styles } from '@refold/runtime';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../packages/cli/src/cli.ts';

// What docs/checking.md shows, run.
const root = fileURLToPath(new URL('../', import.meta.url));
const guide = readFileSync(join(root, 'docs/checking.md'), 'utf8');
const commands = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);
const [, code = '', output = ''] = /^```ts\n(.*?)^```\n\n```text\n(.*?)^```/ms.exec(guide) ?? [];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refold-checking-'));
  copyFileSync(join(root, 'examples/tiny_transformer.onnx'), join(folder, 'model.onnx'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// In the order in which they stand: one reads what another wrote.
test.each(commands)('%s', async (line) => {
  let complaints = '';
  const terminal = { stdout: { write: () => {} }, stderr: { write: (text: string) => (complaints += text) } };
  const words = line.split(' ').slice(1);
  const argv = words.map((word) =>
    word.replace(/(?<=^|=)[\w-]+\.(onnx|npz|json)$/, (file) => join(folder, file)),
  );
  expect([await run(argv, terminal), complaints]).toEqual([0, '']);
});

test('the guide shows commands, and they wrote what it says', () => {
  expect(commands.length).toBeGreaterThan(6);
  expect(['out.npz', 'trace.json', 'smaller.onnx'].filter((file) => !existsSync(join(folder, file)))).toEqual(
    [],
  );
});

test('the code of the guide prints what it says', async () => {
  writeFileSync(join(folder, 'check.ts'), code);
  const outfile = join(folder, 'check.mjs');
  await build({
    entryPoints: [join(folder, 'check.ts')],
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

test('the guide lists every style', () => {
  const listed = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual([...styles.keys()]);
});

test.each([...guide.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path))('%s is there', (path) => {
  expect(existsSync(join(root, 'docs', path))).toBe(true);
});
