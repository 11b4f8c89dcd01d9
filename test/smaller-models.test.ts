import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf, commandsOf, linksOf, printed, readGuide, root, typed } from './guides.ts';
import { writeSamples } from './samples.ts';

// What docs/smaller-models.md shows, run.
const guide = readGuide('smaller-models.md');
const commands = commandsOf(guide);
const { code, output } = codeOf(guide);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refold-smaller-'));
  copyFileSync(join(root, 'examples/tiny_transformer.onnx'), join(folder, 'model.onnx'));
  writeSamples(join(folder, 'model.onnx'), join(folder, 'samples.npz'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(commands)('%s', async (line) => {
  const words = line.split(' ').slice(1);
  const argv = words.map((word) => (/^[\w-]+\.(onnx|npz|json)$/.test(word) ? join(folder, word) : word));
  expect(await typed(argv)).toEqual([0, '']);
});

test('the guide shows commands for each way, and they wrote what it says', () => {
  expect(commands.length).toBeGreaterThan(6);
  const written = ['dynamic.onnx', 'weights.onnx', 'half.onnx', 'report.json'];
  expect(written.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
});

test('the code of the guide prints what it says', async () => {
  writeFileSync(join(folder, 'smaller.ts'), code);
  expect(await printed(folder, 'smaller.ts')).toEqual([output, '']);
});

test.each(linksOf(guide))('%s is there', (path) => {
  expect(existsSync(join(root, 'docs', path))).toBe(true);
});
