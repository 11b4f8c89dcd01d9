import { test } from 'vitest';
import { expectNodes, expectUnchanged } from '../../test/support.ts';
import { deadNodes } from '../dead/nodes.ts';
import { mergeExpressions } from './expressions.ts';

const passes = [mergeExpressions, deadNodes];
const graph = (nodes: string, inputs = 'float[4] x, float[4] z'): string => `(${inputs}) => (y) { ${nodes} }`;

test('equal expressions are computed once', () => {
  expectNodes(passes, graph('a = Exp (x) b = Exp (x) c = Neg (a) d = Neg (b) y = Add (c, d)'), [
    'a = Exp (x)',
    'c = Neg (a)',
    'y = Add (c, c)',
  ]);
});

test('a default that is written out is the default', () => {
  expectNodes(passes, graph('a = Softmax <axis = -1> (x) b = Softmax (x) y = Add (a, b)'), [
    'a = Softmax <axis: int = -1> (x)',
    'y = Add (a, a)',
  ]);
});

test.for([
  ['operands in another order', 'a = Sub (x, z) b = Sub (z, x) y = Mul (a, b)'],
  [
    'other attributes',
    'a = LeakyRelu <alpha = 0.1> (x) b = LeakyRelu <alpha = 0.10000001> (x) y = Add (a, b)',
  ],
  ['another domain', 'a = Gelu (x) b = com.microsoft.Gelu (x) y = Add (a, b)'],
  ['random numbers', 'a = RandomNormalLike (x) b = RandomNormalLike (x) y = Sub (a, b)'],
] as const)('%s make another expression', ([, nodes]) => {
  expectUnchanged(passes, graph(nodes), { opset: 20, domains: ', "com.microsoft" : 1' });
});

test('training Dropout draws anew each time', () => {
  const text =
    '(float[4] x) => (y) <float r = {0.5}, bool t = {1}> { a = Dropout (x, r, t) b = Dropout (x, r, t) y = Sub (a, b) }';
  expectUnchanged(passes, text);
});

test('outputs of the model keep their names', () => {
  expectUnchanged(mergeExpressions, '(float[4] x) => (float[4] y, float[4] w) { y = Exp (x) w = Exp (x) }');
  expectNodes(passes, '(float[4] x) => (float[4] y, float[4] w) { a = Exp (x) w = Exp (x) y = Neg (a) }', [
    'w = Exp (x)',
    'y = Neg (w)',
  ]);
});

test('branches may read what was computed outside, but not each other', () => {
  const text = (outside: string): string => `(float[4] x, bool c) => (float[4] y) { ${outside}
    y = If (c) <then_branch = t () => (float[4] u) { p = Exp (x) u = Neg (p) }, else_branch = e () => (float[4] v) { q = Exp (x) v = Abs (q) }> }`;
  expectUnchanged(mergeExpressions, text(''));
  expectNodes(passes, text('r = Exp (x) s = Neg (r)').replace('v = Abs (q)', 'v = Add (q, s)'), [
    'r = Exp (x)',
    's = Neg (r)',
    'y = If (c) <then_branch: graph = t () => (float[4] u) { u = Neg (r) }, else_branch: graph = e () => (float[4] v) { v = Add (r, s) }>',
  ]);
});

test('a node with more outputs is another node', () => {
  expectUnchanged(passes, '(float[4] x, int64[1] k) => (y, i) { y, i = TopK (x, k) }', { shapes: {} });
});
