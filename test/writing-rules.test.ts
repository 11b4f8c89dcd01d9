import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../packages/cli/src/cli.ts';

// What docs/writing-rules.md shows, run.
const root = fileURLToPath(new URL('../', import.meta.url));
const guide = readFileSync(join(root, 'docs/writing-rules.md'), 'utf8');
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
    const outfile = join(folder, file.replace(/ts$/, 'mjs'));
    await build({
      entryPoints: [join(folder, file)],
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
  },
);

const commands = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);

test.each(commands)('%s', async (line) => {
  const words = line.split(' ').slice(1);
  const sink = { write: () => {} };
  const paths = words.map((word) => (word.endsWith('.onnx') ? join(folder, word) : word));
  expect(await run(paths, { stdout: sink, stderr: sink })).toBe(0);
});

test.each([...guide.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path))('%s is there', (path) => {
  expect(existsSync(join(root, 'docs', path))).toBe(true);
});
