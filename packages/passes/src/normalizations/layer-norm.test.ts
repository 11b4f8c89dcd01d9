import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { weight } from '../../test/support.ts';
import { foldLayerNorm } from './layer-norm.ts';

const plain =
  'd = Sub(x, ReduceMean<axes = [-1]>(x)); v = ReduceMean<axes = [-1]>(Mul(d, d)); y = Mul(Div(d, Sqrt(Add(v, 0.001))), g)';
const of = { dims: '2,3,8', constants: [weight('g', [8])], opset: 17 };
const expected = 'y = LayerNormalization <axis: int = -1, epsilon: float = 0.001> (x, g)';

test('the scale may stand anywhere in the product', () => {
  const start = plain.slice(0, plain.indexOf('y ='));
  const formulas = [
    plain,
    `${start} y = Mul(d, Div(g, Sqrt(Add(0.001, v))))`,
    `${start} y = Div(Mul(g, d), Sqrt(Add(v, 0.001)))`,
    `${start} y = Mul(g, Mul(d, Pow(Add(v, 0.001), -0.5)))`,
  ];
  expectFolds(foldLayerNorm, formulas, expected, of);
});

test('over several trailing axes, and with a scale of more axes of size 1', () => {
  const both = plain.replaceAll('[-1]', '[-2, -1]');
  const two = { ...of, constants: [weight('g', [3, 8])] };
  expectFolds(foldLayerNorm, [both], expected.replace('-1', '-2'), two);
  expectFolds(foldLayerNorm, [plain], expected.replace('g)', 'g_1)'), {
    ...of,
    constants: [weight('g', [1, 1, 8])],
  });
});

test('small float types have it, float64 keeps its parts', () => {
  const half = { ...of, dtype: 'float16', constants: [weight('g', [8], 'float16')] };
  expectFolds(foldLayerNorm, [plain], expected.replace('0.001', '0.0010004044'), half);
  expectStays(foldLayerNorm, [plain], { ...of, dtype: 'double', constants: [weight('g', [8], 'double')] });
});

test('scales of another shape stay', () => {
  for (const dims of [[1], [3, 1], [3, 8]]) {
    expectStays(foldLayerNorm, [plain], { ...of, constants: [weight('g', dims)], reason: 'parameter-shape' });
  }
  const open = { inputs: 'float[2,3,D] x, float[D] g', outputs: 'float[2,3,D] y', opset: 17 };
  expectStays(foldLayerNorm, [plain], { ...open, reason: 'parameter-shape-unknown' });
});

test('a negative epsilon stays, and before opset 17 there is no LayerNormalization', () => {
  expectStays(foldLayerNorm, [plain.replace('0.001', '-0.001')], { ...of, reason: 'epsilon' });
  expectStays(foldLayerNorm, [plain], { ...of, opset: 16, reason: 'op-not-in-opset' });
});
