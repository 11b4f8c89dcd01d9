import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';
import { quantile } from './quantile.ts';
import { rangeOf } from './range.ts';

const anyFloat = fc.float();

/** Merges the parts two at a time, in the order that `choices` decide. */
function mergedInTree(parts: readonly Histogram[], choices: readonly number[]): Histogram {
  const left = [...parts];
  for (const choice of choices) {
    if (left.length < 2) break;
    const [a] = left.splice(choice % left.length, 1);
    const [b] = left.splice(choice % left.length, 1);
    if (a && b) left.push(Histogram.merged([a, b]));
  }
  return Histogram.merged(left);
}

test('any split, order and tree of merges gives the histogram of all numbers (P4)', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(anyFloat, { maxLength: 20 }), { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      (batches, choices) => {
        const whole = Histogram.of(batches.flat());
        const merged = mergedInTree(batches.map((b) => Histogram.of(b)).reverse(), choices);
        expect(merged.toJSON()).toEqual(whole.toJSON());
        expect(merged.bins()).toEqual(whole.bins());
      },
    ),
  );
});

test('every finite number lies in a bin that counts it', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
      const histogram = Histogram.of(values);
      const bins = histogram.bins();
      expect(bins.reduce((sum, b) => sum + b.count, 0)).toBe(values.length);
      for (const x of values) {
        // The smallest subnormals count as zero.
        expect(bins.some((b) => x >= b.low - 1e-40 && x <= b.high + 1e-40)).toBe(true);
      }
      for (const { low, high } of bins)
        expect(high - low).toBeLessThanOrEqual(Math.abs(low + high) / 128 + 1e-40);
    }),
  );
});

test('NaN and infinities are counted, and no part of the range', () => {
  const histogram = Histogram.of([1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -2]);
  expect([histogram.nan, histogram.positiveInfinite, histogram.negativeInfinite]).toEqual([1, 1, 1]);
  expect([histogram.count, histogram.min, histogram.max]).toEqual([2, -2, 1]);
});

test('what is not seen has the range of zero', () => {
  expect(rangeOf(new Histogram())).toEqual({ min: 0, max: 0 });
  expect(quantile(new Histogram(), 0.5)).toBe(0);
});

test('both zeros are one number', () => {
  expect(Histogram.of([-0]).toJSON()).toEqual(Histogram.of([0]).toJSON());
});

test('fillings of masks can be taken away', () => {
  const rest = Histogram.of([-1e9, -1e9 + 64, -3, 2, Number.NEGATIVE_INFINITY]).above(-5e8);
  expect([rest.count, rest.negativeInfinite]).toEqual([2, 0]);
  expect(rest.max).toBe(2);
  expect(rest.min).toBeLessThanOrEqual(-3);
  expect(rest.min).toBeGreaterThan(-3.03);
});

test('quantiles are within one part in 128', () => {
  const sorted = Float32Array.from({ length: 10_001 }, (_, i) => ((i - 5_000) / 500) ** 3);
  const histogram = Histogram.of(sorted);
  for (const p of [0.001, 0.2, 0.7, 0.999]) {
    const exact = sorted[Math.round(p * 10_000)] ?? 0;
    expect(Math.abs(quantile(histogram, p) - exact)).toBeLessThanOrEqual(Math.abs(exact) / 128);
  }
});

test('numbers times a power of two have the histogram that they had, moved', () => {
  const number = fc.oneof(
    fc.float({ noNaN: true, min: Math.fround(2 ** -100), max: Math.fround(2 ** 100) }),
    fc.float({ noNaN: true, min: Math.fround(-(2 ** 100)), max: Math.fround(-(2 ** -100)) }),
    fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  );
  fc.assert(
    fc.property(fc.array(number), fc.integer({ min: -20, max: 20 }), (numbers, exponent) => {
      const moved = Histogram.of(numbers).timesPower(exponent);
      expect(moved.toJSON()).toEqual(Histogram.of(numbers.map((x) => x * 2 ** exponent)).toJSON());
    }),
  );
});
