import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

// What docs/property-tests.md shows, run.
const root = fileURLToPath(new URL('../', import.meta.url));
const guide = readFileSync(join(root, 'docs/property-tests.md'), 'utf8');
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
  const [entry, outfile] = [join(folder, file), join(folder, file.replace(/ts$/, 'mjs'))];
  writeFileSync(entry, code);
  await build({
    entryPoints: [entry],
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

test.each([...guide.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path))('%s is there', (path) => {
  expect(existsSync(join(root, 'docs', path))).toBe(true);
});
