import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linksOf, printed, readGuide, root } from './guides.ts';

// What docs/property-tests.md shows, run.
const guide = readGuide('property-tests.md');
const blocks = [...guide.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```\n\n```text\n(.*?)^```/gms)].map(
  ([, file = '', code = '', output = '']) => ({ file, code, output }),
);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refold-guide-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the guide shows code, and what it prints', () => {
  expect(blocks.map((b) => b.file)).toEqual(['identity.ts', 'kernels.ts']);
  expect(guide.match(/^```ts$/gm)).toHaveLength(blocks.length);
});

test.each(blocks)('$file prints what the guide says', async ({ file, code, output }) => {
  writeFileSync(join(folder, file), code);
  expect(await printed(folder, file)).toEqual([output, '']);
});

test.each(linksOf(guide))('%s is there', (path) => {
  expect(existsSync(join(root, 'docs', path))).toBe(true);
});
