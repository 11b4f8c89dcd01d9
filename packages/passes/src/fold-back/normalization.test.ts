import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged, weight } from '../../test/support.ts';
import { foldLayerNorm, foldRmsNorm } from './normalization.ts';

const numbers = [constant('p', [], [2]), constant('k', [], [0.001]), constant('o', [], [1])];
const parameters = [weight('g', [4]), weight('b', [4])];

const graph = (
  nodes: string,
  constants: readonly string[] = [...numbers, ...parameters],
  x = 'float[2,3,4] x',
  y = 'float[2,3,4] y',
): string => `(${x}) => (${y}) <${constants.join(', ')}> { ${nodes} }`;

const mean = (y: string, x: string, axes = '-1'): string => `${y} = ReduceMean <axes = [${axes}]> (${x})`;
const deviation = (square: string, axes = '-1'): string =>
  `${mean('m', 'x', axes)} c = Sub (x, m) q = ${square} ${mean('v', 'q', axes)} e = Add (v, k) t = Sqrt (e)`;

const expected = 'y = LayerNormalization <axis: int = -1, epsilon: float = 0.001> (x, g, b)';

test.for([
  ['Pow and Div', `${deviation('Pow (c, p)')} d = Div (c, t) n = Mul (d, g) y = Add (n, b)`],
  ['a product and Div', `${deviation('Mul (c, c)')} d = Div (c, t) n = Mul (g, d) y = Add (b, n)`],
  [
    'Reciprocal',
    `${deviation('Mul (c, c)')} r = Reciprocal (t) d = Mul (c, r) n = Mul (d, g) y = Add (n, b)`,
  ],
  [
    'one over the root',
    `${deviation('Mul (c, c)')} r = Div (o, t) d = Mul (r, c) n = Mul (d, g) y = Add (n, b)`,
  ],
] as const)('LayerNormalization by %s', ([, nodes]) => {
  expectNodes(foldLayerNorm, graph(nodes), expected, { opset: 17 });
});

const plain = `${deviation('Pow (c, p)')} d = Div (c, t) n = Mul (d, g) y = Add (n, b)`;

test('without a bias', () => {
  const nodes = `${deviation('Pow (c, p)')} d = Div (c, t) y = Mul (d, g)`;
  expectNodes(
    foldLayerNorm,
    graph(nodes),
    'y = LayerNormalization <axis: int = -1, epsilon: float = 0.001> (x, g)',
    { opset: 17 },
  );
});

test('over several trailing axes', () => {
  const nodes = `${deviation('Pow (c, p)', '-2, -1')} d = Div (c, t) n = Mul (d, g) y = Add (n, b)`;
  expectNodes(
    foldLayerNorm,
    graph(nodes, [...numbers, weight('g', [3, 4]), weight('b', [3, 4])]),
    'y = LayerNormalization <axis: int = -2, epsilon: float = 0.001> (x, g, b)',
    { opset: 17 },
  );
});

test('from opset 18 on axes are operands', () => {
  const nodes = plain.replaceAll(/<axes = \[-1\]> \((\w)\)/g, '($1, i)');
  expectNodes(foldLayerNorm, graph(nodes, [...numbers, ...parameters, 'int64[1] i = {-1}']), expected, {
    opset: 18,
  });
});

test.for([
  [
    'means that drop their axis',
    plain.replaceAll('[-1]>', '[-1], keepdims = 0>'),
    'float[2,4,4] x',
    'float[2,4,4] y',
  ],
  ['other axes than the trailing ones', plain.replaceAll('[-1]', '[1]'), 'float[2,3,4] x', 'float[2,3,4] y'],
  ['axes that differ', plain.replace('[-1]', '[1]'), 'float[2,3,4] x', 'float[2,3,4] y'],
  ['another power', plain.replace('Pow (c, p)', 'Pow (c, o)'), 'float[2,3,4] x', 'float[2,3,4] y'],
] as const)('%s stay', ([, nodes, x, y]) => {
  expectUnchanged(foldLayerNorm, graph(nodes, [...numbers, ...parameters], x, y), { opset: 17, shapes: {} });
});

test('scale and bias must have just the shape that is normalized', () => {
  expectUnchanged(foldLayerNorm, graph(plain, [...numbers, weight('g', [1]), weight('b', [4])]), {
    opset: 17,
    reason: 'parameter-shape',
  });
  expectUnchanged(foldLayerNorm, graph(plain, [...numbers, weight('g', [3, 4]), weight('b', [4])]), {
    opset: 17,
    reason: 'parameter-shape',
  });
});

test('an epsilon that differs by channel stays', () => {
  const vector = constant('k', [4], [0.1, 0.2, 0.3, 0.4]);
  expectUnchanged(
    foldLayerNorm,
    graph(plain, [...numbers.filter((n) => !n.includes(' k ')), vector, ...parameters]),
    { opset: 17 },
  );
});

test('float64 keeps its parts: statistics of the operator are float32', () => {
  const double = graph(plain).replaceAll('float', 'double');
  expectUnchanged(foldLayerNorm, double, { opset: 17 });
});

test('before opset 17 there is no LayerNormalization', () => {
  expectUnchanged(foldLayerNorm, graph(plain), { opset: 16, reason: 'op-not-in-opset' });
});

const rms = `q = Mul (x, x) v = ReduceMean (q, i) e = Add (v, k) t = Sqrt (e)`;
const index = 'int64[1] i = {-1}';

test.for([
  ['Div', `${rms} d = Div (x, t) y = Mul (d, g)`],
  ['Reciprocal', `${rms} r = Reciprocal (t) d = Mul (x, r) y = Mul (g, d)`],
] as const)('RMSNormalization by %s', ([, nodes]) => {
  expectNodes(
    foldRmsNorm,
    graph(nodes, [...numbers, ...parameters, index]),
    'y = RMSNormalization <axis: int = -1, epsilon: float = 0.001> (x, g)',
    { opset: 23 },
  );
  expectUnchanged(foldRmsNorm, graph(nodes, [...numbers, ...parameters, index]), {
    opset: 22,
    reason: 'op-not-in-opset',
  });
});

test('the root mean square of something else stays', () => {
  const nodes = `${rms} d = Div (z, t) y = Mul (d, g)`;
  expectUnchanged(
    foldRmsNorm,
    graph(nodes, [...numbers, ...parameters, index], 'float[2,3,4] x, float[2,3,4] z'),
    { opset: 23 },
  );
});
