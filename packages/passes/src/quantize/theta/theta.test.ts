import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundHalfEven } from '../../support/round-half-even.ts';
import { Histogram } from '../statistics/histogram.ts';
import { cellCodes, cellThetas } from './cells.ts';
import { codesOf, codeTypes, type Format } from './format.ts';
import { lossOf } from './noise.ts';
import { codeOf, numberOf, powerAbove, rangeOfTheta, thetaOf } from './theta.ts';

const formats: fc.Arbitrary<Format> = fc.record({
  dtype: fc.constantFrom(...codeTypes),
  symmetric: fc.boolean(),
  powerOfTwo: fc.boolean(),
  narrow: fc.boolean(),
});
const rangesWithin = (max: number): fc.Arbitrary<{ min: number; max: number }> => {
  const bound = fc.float({ noNaN: true, min: -Math.fround(max), max: Math.fround(max) });
  return fc.tuple(bound, bound).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
};
const ranges = rangesWithin(3.4e38);
/** Beyond, scales are held back so that no code overflows. */
const moderateRanges = rangesWithin(1e37);

const int8: Format = { dtype: 'int8', symmetric: true, powerOfTwo: false, narrow: false };

test('zero is exact, the zero point is a code, the scale is a positive normal float32 (P7)', () => {
  fc.assert(
    fc.property(ranges, formats, (range, format) => {
      const theta = thetaOf(range, format);
      const [low, high] = codesOf(format);
      expect(numberOf(codeOf(0, theta), theta)).toBe(0);
      expect(theta.zeroPoint).toBeGreaterThanOrEqual(low);
      expect(theta.zeroPoint).toBeLessThanOrEqual(high);
      expect(Number.isInteger(theta.zeroPoint)).toBe(true);
      expect(theta.scale).toBe(Math.fround(theta.scale));
      expect(theta.scale).toBeGreaterThanOrEqual(2 ** -126);
      for (const code of [low, high]) expect(Number.isFinite(numberOf(code, theta))).toBe(true);
    }),
  );
});

test('a wider range never has a finer scale (P6)', () => {
  fc.assert(
    fc.property(ranges, ranges, formats, (a, b, format) => {
      const both = thetaOf({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }, format);
      const alone = thetaOf(a, format);
      // Below the smallest normal float32 a scale is 1.
      if (alone.scale !== 1) expect(both.scale).toBeGreaterThanOrEqual(alone.scale);
    }),
  );
});

test('a number in the range is moved by half a step at most (P14)', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(moderateRanges, formats, share, (range, format, at) => {
      const theta = thetaOf(range, format);
      fc.pre(theta.scale !== 1);
      const low = Math.min(0, range.min);
      const x = Math.fround(low + (Math.max(0, range.max) - low) * at);
      const error = Math.abs(x - numberOf(codeOf(x, theta), theta));
      expect(error).toBeLessThanOrEqual((theta.scale / 2) * (1 + 2 ** -22) + Math.abs(x) * 2 ** -22);
    }),
  );
});

test('codes of codes are the same codes', () => {
  fc.assert(
    fc.property(ranges, formats, fc.float({ noNaN: true }), (range, format, x) => {
      const theta = thetaOf(range, format);
      const code = codeOf(x, theta);
      expect(codeOf(numberOf(code, theta), theta)).toBe(code);
    }),
  );
});

test('a symmetric scale of int8 divides by 127, so that the largest number is not clipped', () => {
  const theta = thetaOf({ min: -1, max: 1 }, int8);
  expect(theta.scale).toBe(Math.fround(1 / 127));
  expect(codeOf(1, theta)).toBe(127);
});

test('NaN and overflow saturate, as in QuantizeLinear of onnxruntime', () => {
  const theta = thetaOf({ min: -1, max: 1 }, { ...int8, symmetric: false });
  expect([Number.NaN, 1e30, Number.POSITIVE_INFINITY, -3e9].map((x) => codeOf(x, theta))).toEqual([
    -128, 127, 127, -128,
  ]);
});

test('halves round to even', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, -2.6].map(roundHalfEven)).toEqual(
    [0, 2, 2, 0, -2, 2, -3].map((x) => x + 0),
  );
});

test('the power of two above a number is the least one', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-30, max: 1e30, noNaN: true }), (x) => {
      const power = powerAbove(x);
      expect(power).toBeGreaterThanOrEqual(x);
      expect(power / 2).toBeLessThan(x);
      expect(Number.isInteger(Math.log2(power))).toBe(true);
    }),
  );
});

test('the loss read from a histogram is that of the numbers, to a few parts in a hundred', () => {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const values = Float32Array.from({ length: 50_000 }, () => next() + next() + next() - 1.5);
  const histogram = Histogram.of(values);
  for (const reach of [1.5, 1, 0.3]) {
    for (const dtype of ['int4', 'int8', 'uint16'] as const) {
      const theta = thetaOf({ min: -reach, max: reach }, { ...int8, dtype });
      let noise = 0;
      let signal = 0;
      for (const x of values) {
        noise += (x - numberOf(codeOf(x, theta), theta)) ** 2;
        signal += x * x;
      }
      const loss = lossOf(histogram, theta);
      expect(Math.abs(loss / (noise / signal) - 1)).toBeLessThan(0.03);
      expect(rangeOfTheta(theta).max).toBeLessThanOrEqual(reach * 1.001);
    }
  }
});

test('weights have a scale for each channel or block, the last block may be short', () => {
  const values = [1, 2, 3, 4, 5, 60];
  const perChannel = cellThetas(values, [2, 3], { kind: 'axis', axis: 0 }, int8);
  expect([perChannel.dims, [...perChannel.scales]]).toEqual([[2], [3 / 127, 60 / 127].map(Math.fround)]);
  expect([...cellCodes(values, [2, 3], { kind: 'axis', axis: 0 }, perChannel)]).toEqual([
    42, 85, 127, 8, 11, 127,
  ]);
  const perColumn = cellThetas(values, [2, 3], { kind: 'axis', axis: 1 }, int8);
  expect([...perColumn.scales]).toEqual([4 / 127, 5 / 127, 60 / 127].map(Math.fround));
  const blocks = cellThetas(values, [2, 3], { kind: 'block', axis: 1, size: 2 }, int8);
  expect([blocks.dims, [...blocks.scales]]).toEqual([[2, 2], [2, 3, 5, 60].map((x) => Math.fround(x / 127))]);
  expect([...cellCodes(values, [2, 3], { kind: 'block', axis: 1, size: 2 }, blocks)]).toEqual([
    64, 127, 127, 102, 127, 127,
  ]);
  const rows = cellThetas(values, [3, 2], { kind: 'block', axis: 0, size: 2 }, int8);
  expect([rows.dims, [...rows.scales]]).toEqual([[2, 2], [3, 4, 5, 60].map((x) => Math.fround(x / 127))]);
});
