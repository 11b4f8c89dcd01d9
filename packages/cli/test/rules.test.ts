import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseRules } from '@refold/matcher';
import { expect, test } from 'vitest';
import { simplify } from '../src/index.ts';
import { bytesOf, Folder, refold } from './helpers.ts';

const folder = new Folder();
const twice = 'main (float[N] x) => (float[N] y) { a = Relu (x) b = Sin (a) y = Cos (b) }';
const rule = (body: string): string => `rule my/rule : fuse approximate\n  ${body}\n`;
const small = rule('match Cos(Sin(x))\n  emit x');

interface Report {
  readonly passes: readonly { readonly name: string; readonly changes: number }[];
}

async function changesOf(...argv: readonly string[]): Promise<readonly (readonly [string, number])[]> {
  const { status, out, err } = await refold(...argv, '--json');
  expect([status, err]).toEqual([0, '']);
  const report: Report = JSON.parse(out);
  return report.passes.filter((p) => p.name.startsWith('rules/')).map((p) => [p.name, p.changes]);
}

test('rules of a file are a pass with the name of the file', async () => {
  const model = folder.with('in.onnx', bytesOf(twice));
  const file = folder.with('my own.rules', small);
  expect(await changesOf(model, '--rules', file, '--exactness', 'approximate')).toEqual([
    ['rules/my-own', 1],
  ]);
  expect(await changesOf(model, '--rules', file)).toEqual([['rules/my-own', 0]]);
  expect(await changesOf(model, '--rules', file, '--only', 'none')).toEqual([['rules/my-own', 0]]);
});

test('several files, in text and in JSON, and rules with names that ours have', async () => {
  const model = folder.with('in.onnx', bytesOf(twice));
  const json = {
    name: 'linear/conv-bn',
    phase: 'fuse',
    exactness: 'exact',
    match: { op: 'Cos', in: [{ op: 'Sin', in: ['x'] }] },
    emit: { op: 'Sin', in: [{ op: 'Cos', in: ['x'] }] },
  };
  const files = [folder.with('a.json', JSON.stringify([json])), folder.with('a.rules', small)];
  expect(await changesOf(model, '--rules', files[0] ?? '', '--rules', files[1] ?? '')).toEqual([
    ['rules/a', 1],
    ['rules/a-2', 0],
  ]);
});

test.for([
  [
    2,
    'bad.rules',
    rule('match Cos(Sin(x)\n  emit x'),
    /bad\.rules:3:3: expected ',' or '\)', found 'emit'\n$/,
  ],
  [2, 'bad.rules', rule('match Kos(x)\n  emit x'), /bad\.rules:1:1: rule my\/rule: there is no operator Kos/],
  [2, 'bad.json', '{"name": "a/b"}', /bad\.json: a rule needs phase/],
  [2, 'bad.json', '{', /bad\.json: /],
  [4, '', '', /cannot read .*: .*\n$/],
] as const)('a file that is not a file of rules: %i %s', async ([status, name, content, message]) => {
  const model = folder.with('in.onnx', bytesOf(twice));
  const file = name === '' ? folder.at('nowhere.rules') : folder.with(name, content);
  const answer = await refold(model, folder.at('out.onnx'), '--rules', file);
  expect(answer).toMatchObject({ status, out: '' });
  expect(answer.err).toMatch(message);
  expect(answer.err).toMatch(/^refold: [^\n]+\n$/);
});

test('the library takes rules as they are', async () => {
  const { report } = await simplify(bytesOf(twice), { rules: parseRules(small), exactness: 'approximate' });
  expect(report.passes.find((p) => p.name === 'rules/own')).toMatchObject({ changes: 1 });
});

const examples = fileURLToPath(new URL('../../../docs/examples/', import.meta.url));

test('folded weights compute the same', async () => {
  const weights = Array.from({ length: 2 * 3 * 9 }, (_, i) => ((i * 7) % 11) / 8 - 0.6).join(', ');
  const graph = `main (float[1,3,5,5] x) => (float[1,2,3,3] y)
    <float[2,3,3,3] w = {${weights}}, float[2] b = {0.5, -1}, float[2] s = {2, -0.5}, float[2] t = {1, 0.25},
     float[2] m = {0.1, 0.2}, float[2] v = {0.5, 3}>
    { c = Conv <kernel_shape = [3, 3]> (x, w, b) y = BatchNormalization (c, s, t, m, v) }`;
  const model = folder.with('in.onnx', bytesOf(graph));
  const file = `${examples}conv-bn.rules`;
  expect(readFileSync(file, 'utf8')).toContain('rule linear/conv-bn');
  const argv = [model, '--rules', file, '--only', 'none', '--check', '3'];
  expect(await changesOf(...argv)).toEqual([['rules/conv-bn', 1]]);
});
