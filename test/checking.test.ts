import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styles } from '@refold/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf, commandsOf, linksOf, printed, readGuide, root, typed } from './guides.ts';

// What docs/checking.md shows, run.
const guide = readGuide('checking.md');
const commands = commandsOf(guide);
const { code, output } = codeOf(guide);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refold-checking-'));
  copyFileSync(join(root, 'examples/tiny_transformer.onnx'), join(folder, 'model.onnx'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// In the order in which they stand: one reads what another wrote.
test.each(commands)('%s', async (line) => {
  const words = line.split(' ').slice(1);
  const argv = words.map((word) =>
    word.replace(/(?<=^|=)[\w-]+\.(onnx|npz|json)$/, (file) => join(folder, file)),
  );
  expect(await typed(argv)).toEqual([0, '']);
});

test('the guide shows commands, and they wrote what it says', () => {
  expect(commands.length).toBeGreaterThan(6);
  expect(['out.npz', 'trace.json', 'smaller.onnx'].filter((file) => !existsSync(join(folder, file)))).toEqual(
    [],
  );
});

test('the code of the guide prints what it says', async () => {
  writeFileSync(join(folder, 'check.ts'), code);
  expect(await printed(folder, 'check.ts')).toEqual([output, '']);
});

test('the guide lists every style', () => {
  const listed = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual([...styles.keys()]);
});

test.each(linksOf(guide))('%s is there', (path) => {
  expect(existsSync(join(root, 'docs', path))).toBe(true);
});
