import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DType } from './dtype.ts';
import {
  float16ToNumber,
  numberToBfloat16,
  numberToFloat8e8m0,
  numberToFloat16,
  numberToSmallFloat,
  type SmallFloat,
  smallFloatToNumber,
} from './small-floats.ts';

const signed = [
  ['float16', 16],
  ['bfloat16', 16],
  ['float8e4m3fn', 8],
  ['float8e4m3fnuz', 8],
  ['float8e5m2', 8],
  ['float8e5m2fnuz', 8],
  ['float6e2m3', 6],
  ['float6e3m2', 6],
  ['float4e2m1', 4],
] as const satisfies readonly (readonly [DType, number])[];

test.each(signed)('every code of %s that is a number comes back from its number', (dtype, bits) => {
  const wrong: number[] = [];
  for (let code = 0; code < 2 ** bits; code += 1) {
    const value = smallFloatToNumber(dtype, code);
    const back = numberToSmallFloat(dtype, value);
    const same = Number.isNaN(value) ? Number.isNaN(smallFloatToNumber(dtype, back)) : back === code;
    if (!same) wrong.push(code);
  }
  expect(wrong).toEqual([]);
});

/** The rule by exhaustion: the finite value with the least distance, ties to the even code. */
function nearest(dtype: SmallFloat, bits: number, x: number): number {
  let best = 0;
  for (let code = 0; code < 2 ** (bits - 1); code += 1) {
    const value = smallFloatToNumber(dtype, code);
    if (!Number.isFinite(value)) continue;
    const gain = Math.abs(smallFloatToNumber(dtype, best) - x) - Math.abs(value - x);
    if (gain > 0 || (gain === 0 && code % 2 === 0)) best = code;
  }
  return best;
}

test.each(signed.slice(2))('%s rounds to the nearest value, ties to even, saturating', (dtype, bits) => {
  const values = Array.from({ length: 2 ** (bits - 1) }, (_, code) => smallFloatToNumber(dtype, code)).filter(
    Number.isFinite,
  );
  const midpoints = values.slice(1).map((v, i) => (v + (values[i] ?? 0)) / 2);
  for (const x of [
    ...midpoints,
    ...midpoints.map((m) => m * (1 + 2 ** -50)),
    ...midpoints.map((m) => m * (1 - 2 ** -50)),
  ]) {
    expect(numberToSmallFloat(dtype, x, true)).toBe(nearest(dtype, bits, x));
  }
});

test('a double is rounded to float16 once, not through float32', () => {
  expect(float16ToNumber(numberToFloat16(2049.0000000001))).toBe(2050);
  expect(float16ToNumber(numberToFloat16(65519.99999999))).toBe(65504);
  expect(float16ToNumber(numberToFloat16(65520))).toBe(Number.POSITIVE_INFINITY);
  expect(numberToFloat16(2 ** -25)).toBe(0);
  expect(numberToFloat16(2 ** -25 * (1 + 2 ** -52))).toBe(1);
  expect(numberToFloat16(-0)).toBe(0x8000);
});

test('bfloat16 rounds half to even and overflows to infinity', () => {
  expect(smallFloatToNumber('bfloat16', numberToBfloat16(1 + 3 * 2 ** -8))).toBe(1.015625);
  expect(smallFloatToNumber('bfloat16', numberToBfloat16(3.4e38))).toBe(Number.POSITIVE_INFINITY);
});

test('float8 out of range saturates when asked, else is infinity or NaN by type', () => {
  const max = { float8e4m3fn: 448, float8e4m3fnuz: 240, float8e5m2: 57344, float8e5m2fnuz: 57344 } as const;
  for (const dtype of ['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz'] as const) {
    for (const x of [1e9, Number.POSITIVE_INFINITY]) {
      expect(smallFloatToNumber(dtype, numberToSmallFloat(dtype, -x, true))).toBe(-max[dtype]);
      const free = smallFloatToNumber(dtype, numberToSmallFloat(dtype, -x));
      if (dtype === 'float8e5m2') expect(free).toBe(Number.NEGATIVE_INFINITY);
      else expect(free).toBeNaN();
    }
  }
  expect(smallFloatToNumber('float8e4m3fn', numberToSmallFloat('float8e4m3fn', 464))).toBe(448);
  expect(smallFloatToNumber('float8e4m3fn', numberToSmallFloat('float8e4m3fn', 464.1))).toBeNaN();
  expect(smallFloatToNumber('float8e4m3fnuz', numberToSmallFloat('float8e4m3fnuz', 248))).toBeNaN();
  expect(numberToSmallFloat('float8e4m3fnuz', -0)).toBe(0);
});

test('float8e8m0 rounds to a power of two up, down or to the nearest', () => {
  const value = (x: number, mode: 'up' | 'down' | 'nearest') =>
    smallFloatToNumber('float8e8m0', numberToFloat8e8m0(x, mode, true));
  expect([value(3, 'up'), value(3, 'down'), value(3, 'nearest'), value(2.9, 'nearest')]).toEqual([
    4, 2, 4, 2,
  ]);
  expect(value(1e300, 'up')).toBe(2 ** 127);
  expect(value(0, 'up')).toBe(2 ** -127);
  expect(numberToFloat8e8m0(0)).toBe(255);
});

test('rounding to float16 is monotone', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      expect(float16ToNumber(numberToFloat16(low))).toBeLessThanOrEqual(
        float16ToNumber(numberToFloat16(high)),
      );
    }),
  );
});
