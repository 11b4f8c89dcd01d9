import { expect, test } from 'vitest';
import { constant, expectNodes, expectUnchanged } from '../../test/support.ts';
import { binaryOnCodes } from './binary.ts';
import { concatOnCodes } from './concat.ts';
import { convOnCodes } from './conv.ts';
import { gemmOnCodes } from './gemm.ts';
import { matMulOnCodes } from './matmul.ts';
import { maxPoolOnCodes } from './max-pool.ts';
import { unaryOnCodes } from './unary.ts';
import { whereOnCodes } from './where.ts';

const microsoft = { domains: ', "com.microsoft" : 1' };
const numbers = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => ((i * 37) % 255) - 127);

/** Scales and zero points of x, w and y; scales are powers of two, so that floats between them are exact. */
const scales = [
  ...[constant('sx', [], [0.0625]), constant('sw', [], [0.125]), constant('sy', [], [0.5])],
  ...[
    constant('zx', [], [120], 'uint8'),
    constant('zw', [], [7], 'uint8'),
    constant('zy', [], [99], 'uint8'),
  ],
].join(', ');
const weights = [
  constant('w', [3, 2, 1, 1], numbers(6), 'int8'),
  constant('each', [3], [0.125, 0.25, 0.5]),
  constant('b', [3], [100, -2000, 31], 'int32'),
  constant('sb', [3], [0.0078125, 0.015625, 0.03125]),
].join(', ');
const end = 'p = QuantizeLinear (c, sy, zy) y = DequantizeLinear (p, sy, zy)';
const graph = (inputs: string, y: string, nodes: string, constants = scales): string =>
  `(${inputs}) => (float[${y}] y) <${constants}> { ${nodes} ${end} }`;
const decode = 'd = DequantizeLinear (x, sx, zx)';
const ends = 'y = DequantizeLinear (p, sy, zy)';

const conv = (nodes: string, constants = ''): string =>
  graph('uint8[1,2,4,4] x', '1,3,4,4', `${decode} ${nodes}`, `${scales}, ${weights}${constants}`);
const decodeW = 'e = DequantizeLinear <axis = 0> (w, each)';

test('a convolution of codes, with a bias of codes, is QLinearConv', () => {
  expectNodes(convOnCodes, conv(`${decodeW} f = DequantizeLinear <axis = 0> (b, sb) c = Conv (d, e, f)`), [
    'p = QLinearConv (x, sx, zx, w, each, zero_point, sy, zy, b)',
    ends,
  ]);
  expectNodes(convOnCodes, conv(`${decodeW} c = Conv <kernel_shape = [1, 1]> (d, e)`), [
    'p = QLinearConv <kernel_shape: ints = [1, 1]> (x, sx, zx, w, each, zero_point, sy, zy)',
    ends,
  ]);
});

test.each([
  ['a bias of floats', `, ${constant('k', [3], [1, 2, 3])}`, `${decodeW} c = Conv (d, e, k)`, 'bias'],
  [
    'a bias in another scale',
    `, ${constant('t', [3], [0.0078125, 0.015625, 0.0625])}`,
    `${decodeW} f = DequantizeLinear <axis = 0> (b, t) c = Conv (d, e, f)`,
    'bias',
  ],
  [
    'a bias with a zero point',
    `, ${constant('z', [3], [0, 0, 1], 'int32')}`,
    `${decodeW} f = DequantizeLinear <axis = 0> (b, sb, z) c = Conv (d, e, f)`,
    'bias',
  ],
  [
    'scales along the axis that is summed',
    `, ${constant('two', [2], [0.5, 1])}`,
    'e = DequantizeLinear <axis = 1> (w, two) c = Conv (d, e)',
    'scale',
  ],
])('a convolution with %s stays', (_, constants, nodes, reason) => {
  expectUnchanged(convOnCodes, conv(nodes, constants), { reason });
});

test('data of int8 and weights of uint8 stay: engines have no kernel', () => {
  const text = `(int8[1,2,4,4] x) => (int8[1,3,4,4] y)
    <${scales}, ${constant('w', [3, 2, 1, 1], [1, 2, 3, 4, 5, 6], 'uint8')}> {
      d = DequantizeLinear (x, sx) e = DequantizeLinear (w, sw, zw) c = Conv (d, e)
      y = QuantizeLinear <output_dtype = 3> (c, sy) }`;
  expectUnchanged(convOnCodes, text, { opset: 21, reason: 'type' });
});

test('a product is QLinearMatMul, of one scale, or of one for each column', () => {
  const product = (w: string, extra: string): string =>
    graph(
      'uint8[5,2] x',
      '5,3',
      `${decode} ${extra} c = MatMul (d, e)`,
      `${scales}, ${w}, ${constant('each', [3], [0.125, 0.25, 0.5])}, ${constant('two', [2], [0.5, 1])}`,
    );
  const w = constant('w', [2, 3], numbers(6), 'int8');
  expectNodes(matMulOnCodes, product(w, 'e = DequantizeLinear (w, sw)'), [
    'p = QLinearMatMul (x, sx, zx, w, sw, zero_point, sy, zy)',
    ends,
  ]);
  expectNodes(matMulOnCodes, product(w, 'e = DequantizeLinear <axis = 1> (w, each)'), [
    'p = QLinearMatMul (x, sx, zx, w, each, zero_point, sy, zy)',
    ends,
  ]);
  expectUnchanged(matMulOnCodes, product(w, 'e = DequantizeLinear <axis = 0> (w, two)'), { reason: 'scale' });
});

test('Gemm is QGemm, if its factors leave the bias in the scale of the product', () => {
  const gemm = (attributes: string, c = ', f'): string =>
    graph(
      'uint8[5,2] x',
      '5,3',
      `${decode} e = DequantizeLinear <axis = 0> (w, each) f = DequantizeLinear <axis = 0> (b, sb)
       c = Gemm <transB = 1 ${attributes}> (d, e${c})`,
      `${scales}, ${weights.replace('3,2,1,1', '3,2')}`,
    );
  expectNodes(
    gemmOnCodes,
    gemm(', beta = 1.0'),
    ['p = com.microsoft.QGemm <transB: int = 1> (x, sx, zx, w, each, zero_point, b, sy, zy)', ends],
    microsoft,
  );
  const float = gemm('').replace(end, 'y = Neg (c)');
  expectNodes(
    gemmOnCodes,
    float,
    ['c = com.microsoft.QGemm <transB: int = 1> (x, sx, zx, w, each, zero_point, b)', 'y = Neg (c)'],
    microsoft,
  );
  expectUnchanged(gemmOnCodes, gemm(', beta = 0.5'), { ...microsoft, reason: 'bias' });
  expectUnchanged(gemmOnCodes, gemm(', alpha = 2.0'), { ...microsoft, reason: 'bias' });
});

const decodeBoth = `${decode} e = DequantizeLinear (w, sw, zw)`;

test.each(['Add', 'Mul'])('%s of codes', (op) => {
  const text = graph('uint8[2,4] x, uint8[4] w', '2,4', `${decodeBoth} c = ${op} (d, e)`);
  expectNodes(
    binaryOnCodes,
    text,
    [`p = com.microsoft.QLinear${op} (x, sx, zx, w, sw, zw, sy, zy)`, ends],
    microsoft,
  );
  expectUnchanged(binaryOnCodes, text, { reason: 'domain-not-imported' });
});

test.each([
  ['Sigmoid', '', '', '2,4', '2,4'],
  ['LeakyRelu', '<alpha = 0.25>', '<alpha: float = 0.25> ', '2,4', '2,4'],
  ['Softmax', '<axis = 0>', '<axis: int = 0, opset: int = 13> ', '2,4', '2,4'],
  ['AveragePool', '<kernel_shape = [2, 2]>', '<kernel_shape: ints = [2, 2]> ', '1,2,4,4', '1,2,3,3'],
  ['GlobalAveragePool', '', '<channels_last: int = 0> ', '1,2,4,4', '1,2,1,1'],
])('%s of codes', (op, given, written, x, y) => {
  expectNodes(
    unaryOnCodes,
    graph(`uint8[${x}] x`, y, `${decode} c = ${op} ${given} (d)`),
    [`p = com.microsoft.QLinear${op} ${written}(x, sx, zx, sy, zy)`, ends],
    microsoft,
  );
});

test('Where of codes', () => {
  const text = graph('bool[2,1] k, uint8[2,4] x, uint8[4] w', '2,4', `${decodeBoth} c = Where (k, d, e)`);
  const expected = 'p = com.microsoft.QLinearWhere (k, x, sx, zx, w, sw, zw, sy, zy)';
  expectNodes(whereOnCodes, text, [expected, ends], microsoft);
});

test('Concat of codes of one scale is Concat; else parts are brought to one', () => {
  const inputs = 'uint8[2,4] x, uint8[2,3] w';
  const join = 'c = Concat <axis = 1> (d, e)';
  expectNodes(
    concatOnCodes,
    graph(inputs, '2,7', `${decodeBoth} ${join}`),
    ['p = com.microsoft.QLinearConcat <axis: int = 1> (sy, zy, x, sx, zx, w, sw, zw)', ends],
    microsoft,
  );
  expectNodes(
    concatOnCodes,
    graph(inputs, '2,7', `d = DequantizeLinear (x, sy, zy) e = DequantizeLinear (w, sy, zy) ${join}`),
    ['p = Concat <axis: int = 1> (x, w)', ends],
  );
});

test('MaxPool of codes needs the same scale before and behind', () => {
  const pool = (s: string): string =>
    graph(
      'uint8[1,2,4,4] x',
      '1,2,3,3',
      `d = DequantizeLinear (x, ${s}) c = MaxPool <kernel_shape = [2, 2]> (d)`,
    );
  expectNodes(maxPoolOnCodes, pool('sy, zy'), ['p = MaxPool <kernel_shape: ints = [2, 2]> (x)', ends]);
  expectUnchanged(maxPoolOnCodes, pool('sx, zx'), { reason: 'parameters-differ' });
  expectUnchanged(maxPoolOnCodes, pool('sy, zy'), { opset: 11 });
});

test('codes that something else reads as numbers are still decoded', () => {
  const text = graph(
    'uint8[2,4] x, uint8[4] w',
    '2,4',
    `${decodeBoth} a = Add (d, e) k = Exp (d) c = Add (a, k)`,
  );
  expectUnchanged(binaryOnCodes, text, microsoft);
  expect(text).toContain('Exp');
});
