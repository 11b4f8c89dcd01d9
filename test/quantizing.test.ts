import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { targets } from '@refold/passes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf, commandsOf, linksOf, printed, readGuide, root, typed } from './guides.ts';
import { writeSamples } from './samples.ts';

// What docs/quantizing.md shows, run.
const guide = readGuide('quantizing.md');
const commands = commandsOf(guide);
const { code, output } = codeOf(guide);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refold-quantizing-'));
  copyFileSync(join(root, 'examples/tiny_transformer.onnx'), join(folder, 'model.onnx'));
  writeSamples(join(folder, 'model.onnx'), join(folder, 'samples.npz'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// In the order in which they stand: one reads what another wrote.
test.each(commands)('%s', async (line) => {
  const words = line.split(' ').slice(1);
  const argv = words.map((word) => (/^[\w-]+\.(onnx|npz|json|txt)$/.test(word) ? join(folder, word) : word));
  expect(await typed(argv)).toEqual([0, '']);
});

test('the guide shows commands, and they wrote what it says', () => {
  expect(commands.length).toBeGreaterThan(4);
  expect(
    ['quantized.onnx', 'report.json', 'seen.txt'].filter((file) => !existsSync(join(folder, file))),
  ).toEqual([]);
});

test('the code of the guide prints what it says', async () => {
  writeFileSync(join(folder, 'quantize.ts'), code);
  expect(await printed(folder, 'quantize.ts')).toEqual([output, '']);
});

test('the guide lists every target', () => {
  const listed = [...guide.matchAll(/^\| `([a-z][a-z-]+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(targets.map((t) => t.name));
});

test.each(linksOf(guide))('%s is there', (path) => {
  expect(existsSync(join(root, 'docs', path))).toBe(true);
});
