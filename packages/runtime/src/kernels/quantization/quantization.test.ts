import { type DType, dtypeCode } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { type AttributeValue, runOne, runTensor } from '../run-one.ts';

const scalar = (dtype: DType, x: number): NdArray => fromReals(dtype, [], [x]);
const list = (dtype: DType, values: readonly number[]): NdArray => fromReals(dtype, [values.length], values);

function numbers(
  op: string,
  inputs: readonly (NdArray | undefined)[],
  attributes?: Readonly<Record<string, AttributeValue>>,
): number[] {
  return [...reals(runTensor(op, inputs, attributes))];
}

test('quotients are rounded in float32, then to the even integer', () => {
  const s = Math.fround(0.037);
  fc.assert(
    fc.property(fc.integer({ min: -130, max: 130 }), (k) => {
      const x = Math.fround((k + 0.5) * s);
      const quotient = Math.fround(x / s);
      const down = Math.floor(quotient);
      const rest = quotient - down;
      const even = rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down;
      const want = Math.max(-128, Math.min(127, even));
      expect(
        numbers('QuantizeLinear', [list('float32', [x]), scalar('float32', s), scalar('int8', 0)]),
      ).toEqual([want + 0]);
    }),
  );
});

test('codes saturate, NaN gets the least one', () => {
  const x = list('float32', [1e30, Number.POSITIVE_INFINITY, -1e30, Number.NaN]);
  expect(numbers('QuantizeLinear', [x, scalar('float32', 0.1), scalar('uint8', 3)])).toEqual([
    255, 255, 0, 0,
  ]);
  expect(numbers('QuantizeLinear', [x, scalar('float32', 0.1)], { output_dtype: dtypeCode('int4') })).toEqual(
    [7, 7, -8, -8],
  );
});

test('scales go along an axis', () => {
  const x = fromReals('float32', [2, 3], [1, 2, 3, 4, 5, 6]);
  const s = list('float32', [1, 2, 3]);
  expect(numbers('QuantizeLinear', [x, s])).toEqual([1, 1, 1, 4, 2, 2]);
  expect(numbers('QuantizeLinear', [x, list('float32', [1, 2])], { axis: 0 })).toEqual([1, 2, 3, 2, 2, 3]);
});

test.each([0, 1, 2])('blocked scales on axis %d are those of the blocks, the last one short', (axis) => {
  const dims = [3, 5, 4];
  const block = 2;
  const scaleDims = dims.map((d, i) => (i === axis ? Math.ceil(d / block) : d));
  const count = (d: readonly number[]): number => d.reduce((a, b) => a * b, 1);
  const x = fromReals(
    'int8',
    dims,
    Array.from({ length: count(dims) }, (_, i) => i),
  );
  const s = fromReals(
    'float32',
    scaleDims,
    Array.from({ length: count(scaleDims) }, (_, i) => i + 1),
  );
  const z = fromReals(
    'int8',
    scaleDims,
    Array.from({ length: count(scaleDims) }, (_, i) => i % 3),
  );
  const want: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    for (let j = 0; j < 5; j += 1) {
      for (let k = 0; k < 4; k += 1) {
        const place = [i, j, k].map((p, a) => (a === axis ? Math.floor(p / block) : p));
        const at = scaleDims.reduce((sum, d, a) => sum * d + (place[a] ?? 0), 0);
        want.push((want.length - (at % 3)) * (at + 1));
      }
    }
  }
  expect(numbers('DequantizeLinear', [x, s, z], { axis, block_size: block })).toEqual(want);
});

test('an int32 code is rounded to float32 before it is scaled', () => {
  const y = numbers('DequantizeLinear', [list('int32', [2 ** 31 - 1]), scalar('float32', 0.1)]);
  expect(y).toEqual([Math.fround(2 ** 31 * Math.fround(0.1))]);
});

test('decoding codes and encoding them again gives the same codes', () => {
  const codes = list(
    'uint8',
    Array.from({ length: 256 }, (_, i) => i),
  );
  const s = scalar('float32', 0.037);
  const z = scalar('uint8', 77);
  const x = runTensor('DequantizeLinear', [codes, s, z]);
  expect(runTensor('QuantizeLinear', [x, s, z]).data).toEqual(codes.data);
});

test('a dynamic range always holds zero', () => {
  const [codes, scale, zeroPoint] = runOne(
    'DynamicQuantizeLinear',
    [list('float32', [51, 255])],
    {},
    { outputs: 3 },
  );
  expect(codes).toEqual(list('uint8', [51, 255]));
  expect(scale).toEqual(scalar('float32', 1));
  expect(zeroPoint).toEqual(scalar('uint8', 0));
});

test('MatMulInteger wraps around in 32 bits', () => {
  const k = 140_000;
  const a = fromReals('uint8', [1, k], new Float64Array(k).fill(255));
  const b = fromReals('int8', [k, 1], new Float64Array(k).fill(127));
  expect(numbers('MatMulInteger', [a, b])).toEqual([238_932_704]);
});

test('zero points of MatMulInteger go by row and by column', () => {
  const a = fromReals('uint8', [2, 2], [1, 2, 3, 4]);
  const b = fromReals('uint8', [2, 2], [1, 1, 1, 1]);
  expect(numbers('MatMulInteger', [a, b, list('uint8', [1, 3]), list('uint8', [0, 1])])).toEqual([
    1, 0, 1, 0,
  ]);
});

test('ConvInteger pads with the zero point', () => {
  const x = fromReals('uint8', [1, 1, 2, 2], [100, 100, 100, 101]);
  const w = fromReals('uint8', [1, 1, 3, 3], new Array<number>(9).fill(1));
  const y = numbers('ConvInteger', [x, w, scalar('uint8', 100)], { pads: [1, 1, 1, 1] });
  expect(y).toEqual([1, 1, 1, 1]);
});

test('accumulators become codes by one multiplier, halves to even', () => {
  const a = fromReals('int8', [3, 1], [1, 3, -1]);
  const inputs = [
    a,
    scalar('float32', 0.5),
    scalar('int8', 0),
    fromReals('int8', [1, 1], [1]),
    scalar('float32', 1),
    scalar('int8', 0),
    scalar('float32', 1),
    scalar('int8', 0),
  ];
  expect(numbers('QLinearMatMul', inputs)).toEqual([0, 2, 0]);
});

test('a quantized convolution is the convolution of what the codes mean', () => {
  const code = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(
      fc.array(code, { minLength: 16, maxLength: 16 }),
      fc.array(code, { minLength: 18, maxLength: 18 }),
      (x, w) => {
        const data = fromReals('uint8', [1, 1, 4, 4], x);
        const weights = fromReals('uint8', [2, 1, 3, 3], w);
        const [sx, sw, sy] = [scalar('float32', 0.5), scalar('float32', 0.25), scalar('float32', 64)];
        const [zx, zw, zy] = [scalar('uint8', 10), scalar('uint8', 128), scalar('uint8', 100)];
        const codes = runTensor('QLinearConv', [data, sx, zx, weights, sw, zw, sy, zy], {
          pads: [1, 1, 1, 1],
        });
        const float = runTensor(
          'Conv',
          [runTensor('DequantizeLinear', [data, sx, zx]), runTensor('DequantizeLinear', [weights, sw, zw])],
          { pads: [1, 1, 1, 1] },
        );
        // Scales are powers of two, so that both ways are exact.
        expect(codes.data).toEqual(runTensor('QuantizeLinear', [float, sy, zy]).data);
      },
    ),
    { numRuns: 30 },
  );
});

test('operands that cannot go together are refused', () => {
  const x = list('float32', [1, 2, 3]);
  expect(() => runOne('QuantizeLinear', [x, list('float32', [1, 2])])).toThrow('2 scales do not fit axis 0');
  expect(() =>
    runOne('QuantizeLinear', [x, scalar('float32', 1)], { output_dtype: dtypeCode('float32') }),
  ).toThrow('float32 is not a type for codes');
  const a = fromReals('uint8', [1, 2], [1, 2]);
  expect(() => runOne('MatMulInteger', [a, a])).toThrow('do not multiply');
});
