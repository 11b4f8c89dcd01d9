import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root, typed } from './guides.ts';
import { writeSamples } from './samples.ts';

// What the README says can be typed, typed.
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const commands = [...readme.matchAll(/^```sh\n(.*?)^```/gms)]
  .flatMap(([, block = '']) => block.split('\n'))
  .map((line) => line.replace(/ +#.*/, ''))
  .filter((line) => line.startsWith('refold '));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refold-readme-'));
  copyFileSync(join(root, 'examples/tiny_transformer.onnx'), join(folder, 'model.onnx'));
  writeSamples(join(folder, 'model.onnx'), join(folder, 'samples.npz'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the README shows commands', () => {
  expect(commands.length).toBeGreaterThan(4);
});

// In the order in which they stand: one reads what another wrote.
test.each(commands)('%s', async (line) => {
  const words = line
    .split(' ')
    .slice(1)
    .map((word) => (/\.(onnx|npz)$/.test(word) ? join(folder, word) : word));
  expect(await typed(words)).toEqual([0, '']);
});

test.each([...readme.matchAll(/\[[^\]]*\]\(([^)#:]+)\)/g)].map(([, path = '']) => path))(
  'the README links to %s, which is there',
  (path) => {
    expect(() => readFileSync(join(root, path))).not.toThrow(/ENOENT/);
  },
);
