import { dtypeCode } from '@refold/ir';
import { describe, expect, test } from 'vitest';
import { runOne } from '../../src/kernels/run-one.ts';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals, reals } from '../../src/tensor/reals.ts';
import { f16, f32, numbers, vector } from './run.ts';

const INF = Number.POSITIVE_INFINITY;
const NAN = Number.NaN;
const scalar = (dtype: Parameters<typeof fromReals>[0], v: number): NdArray => fromReals(dtype, [], [v]);

describe('QuantizeLinear', () => {
  const quantize = (x: NdArray, scale: number, zero: NdArray): number[] =>
    numbers('QuantizeLinear', [x, scalar('float32', scale), zero]);

  test('takes halves to the even neighbour, then adds the zero point, then saturates', () => {
    expect(quantize(f32(0.5, 1.5, 2.5, -0.5, 300, -300), 1, scalar('uint8', 0))).toEqual([
      0, 2, 2, 0, 255, 0,
    ]);
    expect(quantize(f32(0.5, 1.5, 127.6, -128.6), 1, scalar('int8', 0))).toEqual([0, 2, 127, -128]);
    // Had the zero point been added first, 0.5 + 1 would have become 2.
    expect(quantize(f32(0.5, 1.5, 2.5), 1, scalar('uint8', 1))).toEqual([1, 3, 3]);
  });

  test('NaN becomes the least code', () => {
    expect(quantize(f32(NAN), 1, scalar('uint8', 3))).toEqual([0]);
    expect(quantize(f32(NAN), 1, scalar('int8', 3))).toEqual([-128]);
  });

  test('infinities saturate', () => {
    expect(quantize(f32(INF, -INF), 1, scalar('uint8', 3))).toEqual([255, 0]);
    expect(quantize(f32(INF, -INF), 1, scalar('int4', 0))).toEqual([7, -8]);
  });

  test('divides in float32: the quotient is rounded before it is rounded to an integer', () => {
    const [x, scale] = [Math.fround(0.1), Math.fround(0.04)];
    expect(x / scale).toBeGreaterThan(2.5);
    expect(Math.fround(x / scale)).toBe(2.5);
    expect(quantize(f32(x), scale, scalar('uint8', 0))).toEqual([2]);
  });

  test('to float8 rounds to nearest and saturates', () => {
    const zero = scalar('float8e4m3fn', 0);
    expect(quantize(f32(1.05, 500, NAN), 1, zero)).toEqual([1, 448, NAN]);
  });
});

describe('DequantizeLinear', () => {
  test('subtracts in integers, and multiplies by the scale in float32', () => {
    const at = (x: NdArray, scale: number, zero?: NdArray): number[] =>
      numbers('DequantizeLinear', [x, scalar('float32', scale), zero]);
    expect(at(vector('uint8', [0, 255]), 0.5, scalar('uint8', 128))).toEqual([-64, 63.5]);
    expect(at(vector('int32', [2 ** 31 - 1]), 0.1)).toEqual([214748368]);
  });

  test('with a float16 scale gives float16', () => {
    const y = numbers('DequantizeLinear', [vector('int8', [3]), f16(0.1).reshaped([])]);
    expect(y).toEqual([0.2998046875]);
  });
});

describe('DynamicQuantizeLinear', () => {
  const dynamic = (...x: number[]): number[][] =>
    runOne('DynamicQuantizeLinear', [f32(...x)], {}, { outputs: 3 }).map((v) =>
      v.kind === 'tensor' ? Array.from(reals(v)) : [],
    );
  test('always has zero in its range', () => {
    expect(dynamic(5, 5, 5)).toEqual([[255, 255, 255], [Math.fround(5 / 255)], [0]]);
    expect(dynamic(-255, 0)).toEqual([[0, 255], [1], [255]]);
  });
  test('of zeros alone has scale 1', () => {
    expect(dynamic(0, 0)).toEqual([[0, 0], [1], [0]]);
  });
  test('takes the zero point to the even neighbour', () => {
    expect(dynamic(-2.5, 252.5)[2]).toEqual([2]);
  });
});

describe('products of quantized numbers', () => {
  test('MatMulInteger subtracts zero points, and sums in int32 that wraps', () => {
    const a = fromReals('uint8', [1, 2], [1, 255]);
    const b = fromReals('int8', [2, 1], [-128, 127]);
    expect(numbers('MatMulInteger', [a, b, scalar('uint8', 1), scalar('int8', 1)])).toEqual([254 * 126]);
    const long = 70000;
    const ones = (dims: number[]): NdArray => fromReals('uint8', dims, new Uint8Array(long).fill(255));
    expect(numbers('MatMulInteger', [ones([1, long]), ones([long, 1])])).toEqual([(255 * 255 * long) | 0]);
  });

  test('QLinearMatMul scales once, in float32, takes halves to even, and saturates', () => {
    const one = scalar('float32', 1);
    const zero = scalar('uint8', 0);
    const at = (a: number, b: number, scale: number): number[] => {
      const [x, y] = [fromReals('uint8', [1, 1], [a]), fromReals('uint8', [1, 1], [b])];
      return numbers('QLinearMatMul', [x, one, zero, y, one, zero, scalar('float32', scale), zero]);
    };
    expect(at(5, 1, 2)).toEqual([2]);
    expect(at(7, 1, 2)).toEqual([4]);
    expect(at(200, 200, 1)).toEqual([255]);
  });

  test('ConvInteger pads with the zero point', () => {
    const x = fromReals('uint8', [1, 1, 1, 1], [3]);
    const w = fromReals('uint8', [1, 1, 1, 3], [1, 1, 1]);
    expect(numbers('ConvInteger', [x, w, scalar('uint8', 1)], { pads: [0, 1, 0, 1] })).toEqual([2]);
  });
});

test('narrow float results of quantization have the type that is asked for', () => {
  const [y] = runOne(
    'QuantizeLinear',
    [f32(3), scalar('float32', 1)],
    { output_dtype: dtypeCode('int16') },
    { opset: 21 },
  );
  expect(y).toMatchObject({ dtype: 'int16' });
});
