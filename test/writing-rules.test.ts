import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandsOf, linksOf, printed, readGuide, root, typed } from './guides.ts';

// What docs/writing-rules.md shows, run.
const guide = readGuide('writing-rules.md');
const blocks = [...guide.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```(?:\n\n```text\n(.*?)^```)?/gms)].map(
  ([, file = '', code = '', output]) => ({ file, code, output }),
);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refold-guide-'));
  for (const { file, code } of blocks) writeFileSync(join(folder, file), code);
  copyFileSync(join(root, 'examples/tiny_transformer.onnx'), join(folder, 'model.onnx'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the guide shows code, and what it prints', () => {
  expect(blocks.map((b) => b.file)).toEqual(['softsign.ts', 'try.ts', 'why.ts', 'prove.ts', 'generated.ts']);
});

test.each(blocks.filter((b) => b.output !== undefined))(
  '$file prints what the guide says',
  async ({ file, output }) => {
    expect(await printed(folder, file)).toEqual([output, '']);
  },
);

const commands = commandsOf(guide);

test.each(commands)('%s', async (line) => {
  const words = line.split(' ').slice(1);
  const paths = words.map((word) => (word.endsWith('.onnx') ? join(folder, word) : word));
  expect((await typed(paths))[0]).toBe(0);
});

test.each(linksOf(guide))('%s is there', (path) => {
  expect(existsSync(join(root, 'docs', path))).toBe(true);
});
