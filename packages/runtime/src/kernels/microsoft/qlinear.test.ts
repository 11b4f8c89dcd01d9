import type { DType } from '@refold/ir';
import { expect, test } from 'vitest';
import type { NdArray } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';
import { type AttributeValue, runTensor } from '../run-one.ts';

const f = (x: number): NdArray => fromReals('float32', [], [x]);
const z = (x: number): NdArray => fromReals('uint8', [], [x]);
const codes = (dims: readonly number[], dtype: DType = 'uint8'): NdArray =>
  fromReals(
    dtype,
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => (i * 37) % 256),
  );

const ours = (
  op: string,
  inputs: readonly (NdArray | undefined)[],
  attributes?: Readonly<Record<string, AttributeValue>>,
): NdArray => runTensor(op, inputs, attributes, { domain: 'com.microsoft' });
const decode = (x: NdArray, s: NdArray, zero: NdArray): NdArray =>
  runTensor('DequantizeLinear', [x, s, zero]);
const encode = (x: NdArray, s: NdArray, zero: NdArray): NdArray => runTensor('QuantizeLinear', [x, s, zero]);

const [a, b] = [codes([3, 1, 20]), codes([4, 20])];
const [sa, sb, sy] = [f(0.03), f(0.05), f(0.04)];
const [za, zb, zy] = [z(120), z(7), z(99)];

test.each(['Add', 'Mul'])('QLinear%s is the float operator between decoding and encoding', (op) => {
  const want = encode(runTensor(op, [decode(a, sa, za), decode(b, sb, zb)]), sy, zy);
  expect(ours(`QLinear${op}`, [a, sa, za, b, sb, zb, sy, zy])).toEqual(want);
});

test('tables of codes give what the float operators give', () => {
  const x = decode(a, sa, za);
  expect(ours('QLinearSigmoid', [a, sa, za, sy, zy])).toEqual(encode(runTensor('Sigmoid', [x]), sy, zy));
  expect(ours('QLinearLeakyRelu', [a, sa, za, sy, zy], { alpha: 0.3 })).toEqual(
    encode(runTensor('LeakyRelu', [x], { alpha: 0.3 }), sy, zy),
  );
});

test('QLinearSoftmax is the Softmax of the opset that it names', () => {
  const x = decode(b, sb, zb);
  const share = f(1 / 256);
  expect(ours('QLinearSoftmax', [b, sb, zb, share, z(0)], { axis: -1, opset: 13 })).toEqual(
    encode(runTensor('Softmax', [x], { axis: -1 }), share, z(0)),
  );
  expect(ours('QLinearSoftmax', [b, sb, zb, share, z(0)], { axis: 0, opset: 11 })).toEqual(
    encode(runTensor('Softmax', [x], { axis: 0 }, { opset: 11 }), share, z(0)),
  );
});

test('QLinearConcat brings its parts to one scale', () => {
  const want = runTensor('Concat', [encode(decode(b, sb, zb), sy, zy), encode(decode(b, sa, za), sy, zy)], {
    axis: 1,
  });
  expect(ours('QLinearConcat', [sy, zy, b, sb, zb, b, sa, za], { axis: 1 })).toEqual(want);
});

test('QLinearWhere brings both branches to one scale', () => {
  const condition = fromReals('bool', [4, 1], [1, 0, 0, 1]);
  const want = runTensor('Where', [
    condition,
    encode(decode(b, sb, zb), sy, zy),
    encode(decode(b, sa, za), sy, zy),
  ]);
  expect(ours('QLinearWhere', [condition, b, sb, zb, b, sa, za, sy, zy])).toEqual(want);
});

test('pools average what the codes mean', () => {
  const image = codes([1, 2, 4, 4]);
  const x = decode(image, f(0.5), za);
  const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
  expect(ours('QLinearAveragePool', [image, f(0.5), za, f(0.25), zy], attributes)).toEqual(
    encode(runTensor('AveragePool', [x], attributes), f(0.25), zy),
  );
  expect(ours('QLinearGlobalAveragePool', [image, f(0.5), za, f(0.25), zy])).toEqual(
    encode(runTensor('GlobalAveragePool', [x]), f(0.25), zy),
  );
  expect(() =>
    ours('QLinearGlobalAveragePool', [image, f(0.5), za, f(0.25), zy], { channels_last: 1 }),
  ).toThrow('channels_last is not supported');
});

test('scales and zero points have one element', () => {
  const two = fromReals('float32', [2], [1, 2]);
  expect(() => ours('QLinearAdd', [a, two, za, b, sb, zb, sy, zy])).toThrow(
    'input 1 has 2 elements, not one',
  );
  expect(() => ours('QLinearConcat', [sy, zy, b, sb], { axis: 0 })).toThrow('parts of three');
});

test('QGemm is Gemm of what the codes mean; without a scale of the result it gives floats', () => {
  const [x, w] = [codes([3, 4]), codes([5, 4], 'int8')];
  const scales = fromReals('float32', [5], [0.5, 0.25, 2, 1, 0.125]);
  const zeros = fromReals('int8', [5], [0, 0, 0, 0, 0]);
  const bias = fromReals('int32', [5], [7, -900, 40, 0, 3000]);
  const part = f(0.5);
  const factors = fromReals('float32', [5], [0.25, 0.125, 1, 0.5, 0.0625]);
  // All scales are powers of two, so that floats are exact.
  const want = runTensor(
    'Gemm',
    [
      decode(x, part, za),
      runTensor('DequantizeLinear', [w, scales, zeros], { axis: 0 }),
      runTensor('DequantizeLinear', [bias, factors], { axis: 0 }),
    ],
    { transB: 1 },
  );
  const operands = [x, part, za, w, scales, zeros, bias];
  expect(ours('QGemm', operands, { transB: 1 })).toEqual(want);
  expect(ours('QGemm', [...operands, f(4), z(100)], { transB: 1 })).toEqual(encode(want, f(4), z(100)));
});
