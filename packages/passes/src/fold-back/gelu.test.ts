import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged, type Setting } from '../../test/support.ts';
import { foldGelu } from './gelu.ts';

const opset20: Setting = { opset: 20 };
const numbers = (type = 'float', root: number | string = Math.SQRT2): string =>
  [
    constant('s', [], [root], type),
    constant('r', [], [Math.SQRT1_2], type),
    constant('o', [], [1], type),
    constant('h', [], [0.5], type),
    constant('t', [], [2], type),
    constant('p', [], [3], type),
    constant('k', [], [0.044715], type),
    constant('q', [], [Math.sqrt(2 / Math.PI)], type),
  ].join(', ');

const graph = (nodes: string, type = 'float', constants = numbers(type)): string =>
  `(${type}[2,8] x) => (${type}[2,8] y) <${constants}> { ${nodes} }`;

const gate = 'd = Div (x, s) e = Erf (d) a = Add (e, o)';

test.for([
  ['half last', `${gate} m = Mul (x, a) y = Mul (m, h)`],
  ['half first', `${gate} m = Mul (h, x) y = Mul (m, a)`],
  ['half of the gate', `${gate} m = Mul (a, h) y = Mul (x, m)`],
  ['division by 2', `${gate} m = Mul (a, x) y = Div (m, t)`],
  [
    'multiplication by the root of 1/2',
    'd = Mul (r, x) e = Erf (d) a = Add (o, e) m = Mul (x, a) y = Mul (m, h)',
  ],
] as const)('the form with erf, %s', ([, nodes]) => {
  expectNodes(foldGelu, graph(nodes), 'y = Gelu <approximate: string = "none"> (x)', opset20);
});

test.for([
  ['Pow', 'c = Pow (x, p)'],
  ['products', 'z = Mul (x, x) c = Mul (z, x)'],
] as const)('the form with tanh, the cube by %s', ([, cube]) => {
  const nodes = `${cube} i = Mul (k, c) j = Add (x, i) l = Mul (j, q) e = Tanh (l) a = Add (e, o) m = Mul (x, a) y = Mul (m, h)`;
  expectNodes(foldGelu, graph(nodes), 'y = Gelu <approximate: string = "tanh"> (x)', opset20);
});

const plain = `${gate} m = Mul (x, a) y = Mul (m, h)`;

test('before opset 20 there is no Gelu', () => {
  expectUnchanged(foldGelu, graph(plain), { opset: 19, reason: 'op-not-in-opset' });
});

test('a constant that is only near stays', () => {
  expectUnchanged(foldGelu, graph(plain, 'float', numbers('float', 1.4143)), opset20);
});

test('another operand at any place stays', () => {
  const text = `(float[2,8] x, float[2,8] z) => (float[2,8] y) <${numbers()}> { d = Div (x, s) e = Erf (d) a = Add (e, o) m = Mul (z, a) y = Mul (m, h) }`;
  expectUnchanged(foldGelu, text, opset20);
});

test('constants that raise the rank stay', () => {
  const wide = numbers().replace('float h = {0.5}', 'float[1,1,1] h = {0.5}');
  expectUnchanged(foldGelu, `(float[2,8] x) => (float[1,2,8] y) <${wide}> { ${plain} }`, opset20);
});

test('parts that something else reads are not lost', () => {
  const shared = `(float[2,8] x) => (float[2,8] y, float[2,8] e) <${numbers()}> { ${plain} }`;
  expectNodes(
    foldGelu,
    shared,
    ['d = Div (x, s)', 'e = Erf (d)', 'y = Gelu <approximate: string = "none"> (x)'],
    opset20,
  );
});

test('integers have no Gelu', () => {
  const text = `(int32[4] x) => (int32[4] y) <int32 h = {1}> { m = Mul (x, x) y = Mul (m, h) }`;
  expectUnchanged(foldGelu, text, opset20);
});
