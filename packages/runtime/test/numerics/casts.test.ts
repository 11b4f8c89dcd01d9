import { type DType, dtypeCode } from '@refold/ir';
import { describe, expect, test } from 'vitest';
import { runTensor } from '../../src/kernels/run-one.ts';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { reals } from '../../src/tensor/reals.ts';
import { elements, f32, f64, i64, numbers, text, u64, vector } from './run.ts';

const INF = Number.POSITIVE_INFINITY;
const NAN = Number.NaN;

const cast = (x: NdArray, to: DType, saturate?: 0 | 1): NdArray =>
  runTensor('Cast', [x], { to: dtypeCode(to), saturate });
const values = (x: NdArray, to: DType, saturate?: 0 | 1): number[] =>
  Array.from(reals(cast(x, to, saturate)));

describe('floats to integers', () => {
  test('are truncated; what does not fit has the low bits of the integer, NaN and infinity the lowest', () => {
    expect(values(f32(1.9, -1.9), 'int32')).toEqual([1, -1]);
    expect(values(f32(300.7, -1.5, 255.9), 'uint8')).toEqual([44, 255, 255]);
    expect(values(f32(300.7, -129, 128), 'int8')).toEqual([44, 127, -128]);
    expect(values(f32(-1.5, 5e9), 'uint32')).toEqual([4294967295, 705032704]);
  });

  test('int64 and uint64 are exact', () => {
    expect(elements('Cast', [f64(2 ** 62 + 1024, -(2 ** 63))], { to: 7 })).toEqual([
      2n ** 62n + 1024n,
      -(2n ** 63n),
    ]);
    expect(elements('Cast', [f64(2 ** 63 + 2048)], { to: 13 })).toEqual([2n ** 63n + 2048n]);
  });

  test('bool is "not zero", and NaN is not zero', () => {
    expect(values(f32(NAN, -0, 0.3, INF), 'bool')).toEqual([1, 0, 1, 1]);
  });
});

describe('integers', () => {
  test('of other widths keep their low bits', () => {
    expect(values(i64(2n ** 32n + 5n, -(2n ** 31n) - 1n), 'int32')).toEqual([5, 2147483647]);
    expect(elements('Cast', [vector('int8', [-1])], { to: 13 })).toEqual([2n ** 64n - 1n]);
  });

  test('become float32 in one rounding, not by way of double', () => {
    expect(values(i64(2n ** 53n + 1n, 2n ** 24n + 1n), 'float32')).toEqual([2 ** 53, 2 ** 24]);
    // Lies just above the middle of two floats; rounded to double first it would lie on it.
    const above = 2n ** 60n + 2n ** 36n + 1n;
    expect(values(i64(above), 'float32')).toEqual([2 ** 60 + 2 ** 37]);
    expect(values(u64(2n ** 63n + 2n ** 39n + 1n), 'float32')).toEqual([2 ** 63 + 2 ** 40]);
  });
});

describe('float16', () => {
  test('rounds half to even, has subnormals, and overflows from 65520 on', () => {
    expect(values(f32(2049, 2051, 65519, 65520, -65520), 'float16')).toEqual([2048, 2052, 65504, INF, -INF]);
    expect(values(f32(2 ** -24, 2 ** -25, 1.5 * 2 ** -25), 'float16')).toEqual([2 ** -24, 0, 2 ** -24]);
  });
  test('comes from double in one rounding', () => {
    expect(values(f64(2049.0000000001, 65519.99999999), 'float16')).toEqual([2050, 65504]);
  });
  test('all codes go to float32 and back', () => {
    const codes = vector(
      'uint16',
      Array.from({ length: 65536 }, (_, i) => i),
    );
    const halves = runTensor('BitCast', [codes], { to: dtypeCode('float16') });
    const back = cast(cast(halves, 'float32'), 'float16');
    const nan = (code: number): boolean => (code & 0x7fff) > 0x7c00;
    const bits = (array: NdArray): number[] => Array.from(array.data, Number);
    const [before, after] = [bits(halves), bits(back)];
    expect(before.filter((code, i) => (nan(code) ? !nan(after[i] ?? 0) : code !== after[i]))).toEqual([]);
  });
});

test('bfloat16 rounds half to even and keeps NaN', () => {
  expect(values(f32(1 + 3 * 2 ** -8, 1 + 2 ** -8, 3.4e38, NAN), 'bfloat16')).toEqual([1.015625, 1, INF, NAN]);
});

describe('float8', () => {
  const big = f32(448, 464, 464.1, 480, 500, INF, -INF, NAN);
  test('E4M3FN has no infinity: it saturates at 448, or gives NaN', () => {
    expect(values(big, 'float8e4m3fn')).toEqual([448, 448, 448, 448, 448, 448, -448, NAN]);
    expect(values(big, 'float8e4m3fn', 0)).toEqual([448, 448, NAN, NAN, NAN, NAN, NAN, NAN]);
  });
  test('E5M2 saturates at 57344, or gives infinity from 61440 on', () => {
    const x = f32(57344, 61439, 61440, 65000, 1e9, -INF, NAN);
    expect(values(x, 'float8e5m2')).toEqual([57344, 57344, 57344, 57344, 57344, -57344, NAN]);
    expect(values(x, 'float8e5m2', 0)).toEqual([57344, 57344, INF, INF, INF, -INF, NAN]);
  });
  test('the FNUZ kinds have neither infinity nor -0', () => {
    const e4 = f32(240, 247, 248, INF, -0, NAN);
    expect(values(e4, 'float8e4m3fnuz')).toEqual([240, 240, 240, 240, 0, NAN]);
    expect(values(e4, 'float8e4m3fnuz', 0)).toEqual([240, 240, NAN, NAN, 0, NAN]);
    const e5 = f32(57344, 61439, 61440, INF, -0);
    expect(values(e5, 'float8e5m2fnuz')).toEqual([57344, 57344, 57344, 57344, 0]);
    expect(values(e5, 'float8e5m2fnuz', 0)).toEqual([57344, 57344, NAN, NAN, 0]);
  });
  const kinds = ['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'float8e8m0'] as const;
  test.each(kinds)('all codes of %s go to float32 and back', (dtype) => {
    const codes = vector(
      'uint8',
      Array.from({ length: 256 }, (_, i) => i),
    );
    const small = runTensor('BitCast', [codes], { to: dtypeCode(dtype) });
    const back = Array.from(cast(cast(small, 'float32'), dtype, 0).data, Number);
    const numbersOf = Array.from(reals(small));
    back.forEach((code, i) => {
      if (!Number.isNaN(numbersOf[i])) expect(code).toBe(i);
    });
  });
});

describe('types of less than a byte', () => {
  test('int4, uint4, int2 and uint2 keep the low bits', () => {
    expect(values(f32(7, 8, -8, -9), 'int4')).toEqual([7, -8, -8, 7]);
    expect(values(f32(15, 16, -1), 'uint4')).toEqual([15, 0, 15]);
    expect(values(f32(1, 2, -2, -3), 'int2')).toEqual([1, -2, -2, 1]);
    expect(values(f32(3, 4), 'uint2')).toEqual([3, 0]);
  });
  test('float4 and float6 saturate', () => {
    expect(values(f32(0.25, 0.75, 2.5, 3.5, 5, 7, -100), 'float4e2m1')).toEqual([0, 1, 2, 4, 4, 6, -6]);
    expect(values(f32(100, -100), 'float6e2m3')).toEqual([7.5, -7.5]);
    expect(values(f32(100, -100), 'float6e3m2')).toEqual([28, -28]);
  });
});

describe('strings', () => {
  const strings = (x: NdArray): unknown[] => [...cast(x, 'string').data];

  test('of floats have the fewest digits that read back to the same number', () => {
    expect(strings(f32(0.1, 1e10, 1.23456789e8, 3, -0, 1e-7, 123456.7))).toEqual([
      ...['0.1', '1e+10', '1.2345679e+08', '3', '-0', '1e-07', '123456.7'],
    ]);
    expect(strings(f32(NAN, INF, -INF))).toEqual(['NaN', 'INF', '-INF']);
  });

  test('of doubles as well, not only eight of them', () => {
    expect(strings(f64(1 / 3))).toEqual(['0.3333333333333333']);
  });

  test('of bools are 1 and 0', () => {
    expect(strings(vector('bool', [1, 0]))).toEqual(['1', '0']);
  });

  test('to floats: decimal numbers, NaN and infinities in any case', () => {
    expect(values(text('1.5', ' 2 ', 'NaN', 'INF', '-inf', '1e3', '+4', '.5', '1.'), 'float32')).toEqual([
      ...[1.5, 2, NAN, INF, -INF, 1000, 4, 0.5, 1],
    ]);
    for (const odd of ['', '0x10', '1_0', 'abc', '1e', '--1']) {
      expect(() => values(text(odd), 'float32')).toThrow('Cast');
    }
  });

  test('to bool are numbers too, not words', () => {
    expect(values(text('1', '0', '2'), 'bool')).toEqual([1, 0, 1]);
    expect(() => values(text('True'), 'bool')).toThrow('"True" is not a number');
  });

  test('to int64 beyond its range are an error', () => {
    expect(() => values(text('9223372036854775808'), 'int64')).toThrow('Cast');
    expect(() => values(text('-9223372036854775809'), 'int64')).toThrow('Cast');
    expect(() => values(text('18446744073709551616'), 'uint64')).toThrow('Cast');
    expect(elements('Cast', [text('18446744073709551615')], { to: 13 })).toEqual([2n ** 64n - 1n]);
  });

  test('to int64 are exact beyond 2^53', () => {
    expect(elements('Cast', [text('9007199254740993', '-5')], { to: 7 })).toEqual([9007199254740993n, -5n]);
  });
});

test('CastLike takes the type of its second operand', () => {
  expect(numbers('CastLike', [f32(2.7), vector('int8', [0])])).toEqual([2]);
});
