import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints, type Setting } from '../../test/support.ts';
import { foldRotary } from './rotary.ts';

const opset23: Setting = { opset: 23 };
const angles =
  'd = Concat <axis = -1> (f, f) g = Cos (d) h = Sin (d) c = Unsqueeze (g, o) s = Unsqueeze (h, o)';
const turned = 'a, b = Split <axis = -1> (x, t) n = Neg (b) r = Concat <axis = -1> (n, a)';
const sum = 'p = Mul (x, c) q = Mul (r, s) y = Add (p, q)';

const graph = (nodes: string, inputs = 'float[2,2,3,4] x, float[2,3,2] f', y = 'float[2,2,3,4] y'): string =>
  `(${inputs}) => (${y}) <${ints('o', 1)}, ${ints('t', 2, 2)}> { ${nodes} }`;

const folded = ['Cos = Cos (f)', 'Sin = Sin (f)', 'y = RotaryEmbedding (x, Cos, Sin)'];

test('halves that are turned by shared angles are RotaryEmbedding', () => {
  expectNodes(foldRotary, graph(`${angles} ${turned} ${sum}`), folded, opset23);
  const commuted = 'p = Mul (c, x) q = Mul (s, r) y = Add (q, p)';
  expectNodes(foldRotary, graph(`${angles} ${turned} ${commuted}`), folded, opset23);
});

test('symbolic sizes agree when they are the same symbol', () => {
  const inputs = 'float[B,2,L,4] x, float[B,L,2] f';
  expectNodes(foldRotary, graph(`${angles} ${turned} ${sum}`, inputs, 'float[B,2,L,4] y'), folded, opset23);
});

test('angles that are one for all samples stay: the operator does not broadcast', () => {
  const inputs = 'float[2,2,3,4] x, float[1,3,2] f';
  expectUnchanged(foldRotary, graph(`${angles} ${turned} ${sum}`, inputs), {
    ...opset23,
    reason: 'angles-may-broadcast',
  });
});

test.for([
  ['halves that are not swapped', turned.replace('(n, a)', '(n, b)'), sum],
  ['the first half negated', turned.replace('Neg (b)', 'Neg (a)').replace('(n, a)', '(b, n)'), sum],
  ['sine and cosine exchanged', turned, sum.replace('(x, c)', '(x, s)').replace('(r, s)', '(r, c)')],
  ['a difference', turned, sum.replace('Add', 'Sub')],
] as const)('%s: another rotation', ([, half, rest]) => {
  expectUnchanged(foldRotary, graph(`${angles} ${half} ${rest}`), opset23);
});

test('the halves of something else, and angles that differ, stay', () => {
  const other = 'float[2,2,3,4] x, float[2,2,3,4] w, float[2,3,2] f';
  expectUnchanged(
    foldRotary,
    graph(`${angles} ${turned.replace('(x, t)', '(w, t)')} ${sum}`, other),
    opset23,
  );
  const two = 'float[2,2,3,4] x, float[2,3,2] f, float[2,3,2] e';
  expectUnchanged(foldRotary, graph(`${angles.replace('(f, f)', '(f, e)')} ${turned} ${sum}`, two), opset23);
});

test('parts that are no halves stay', () => {
  const uneven = graph(`${angles} ${turned} ${sum}`).replace('t = {2,2}', 't = {1,3}');
  expectUnchanged(foldRotary, uneven, opset23);
});

test('before opset 23 there is no RotaryEmbedding', () => {
  expectUnchanged(foldRotary, graph(`${angles} ${turned} ${sum}`), { opset: 22, reason: 'op-not-in-opset' });
});
