import { expect, test } from 'vitest';
import { Histogram } from '../statistics/histogram.ts';
import { rangeOf } from '../statistics/range.ts';
import type { Format } from '../theta/format.ts';
import { noiseOf } from '../theta/noise.ts';
import { codeOf, thetaOf } from '../theta/theta.ts';
import { constantRange } from './constant.ts';
import { entropy } from './entropy.ts';
import { isotoneRange, TopTwo } from './isotone.ts';
import { minMax } from './min-max.ts';
import { MovingAverage } from './moving-average.ts';
import { mse } from './mse.ts';
import { percentile } from './percentile.ts';

const int8: Format = { dtype: 'int8', symmetric: true, powerOfTwo: false, narrow: false };
const int4: Format = { ...int8, dtype: 'int4' };

/** Numbers like those of a bell curve, the same in every run. */
function bell(count: number, spread = 1): Float32Array {
  let state = 7;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / (2 ** 32 + 1);
  };
  return Float32Array.from(
    { length: count },
    () => spread * Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()),
  );
}

test('min-max clips nothing', () => {
  expect(minMax.range(Histogram.of([0.5, 3]), int8)).toEqual({ min: 0, max: 3 });
});

test('a percentile does not depend on how numbers come in batches', () => {
  const values = bell(20_000);
  const batches = [values.subarray(0, 100), values.subarray(100, 15_000), values.subarray(15_000)];
  const merged = Histogram.merged(batches.map((b) => Histogram.of(b)).reverse());
  const observer = percentile(0.999);
  expect(observer.range(merged, int8)).toEqual(observer.range(Histogram.of(values), int8));
  const exact = [...values].sort((a, b) => a - b)[Math.round(0.999 * 20_000)] ?? 0;
  expect(Math.abs(observer.range(merged, int8).max / exact - 1)).toBeLessThan(0.01);
});

test('a percentile outside of (0.5, 1] is refused', () => {
  for (const p of [0.5, 1.01, Number.NaN]) expect(() => percentile(p)).toThrow('percentile');
});

test('the least squared error clips outliers, the more the fewer codes there are', () => {
  const histogram = Histogram.of([...bell(20_000), 40]);
  const [fine, coarse] = [mse.range(histogram, int8), mse.range(histogram, int4)];
  expect(coarse.max).toBeLessThan(fine.max);
  expect(coarse.max).toBeLessThan(6);
  const noiseWithin = (range: { min: number; max: number }): number =>
    noiseOf(histogram, thetaOf(range, int4)).noise;
  expect(noiseWithin(coarse)).toBeLessThan(noiseWithin(rangeOf(histogram)) / 4);
});

test('entropy leaves out a lone outlier and keeps an even spread', () => {
  const even = Histogram.of(Float32Array.from({ length: 50_000 }, (_, i) => i / 50_000));
  expect(entropy.range(even, int8).max).toBeGreaterThan(0.9);
  const bumpy = Histogram.of([...bell(50_000).map(Math.abs), 60]);
  const { max } = entropy.range(bumpy, int8);
  expect(max).toBeLessThan(20);
  expect(max).toBeGreaterThan(1.5);
});

test('a range that is given does not depend on what is seen', () => {
  expect(constantRange({ min: 0.25, max: 1 }).range(Histogram.of([9]), int8)).toEqual({ min: 0, max: 1 });
});

test('the order of the two largest numbers survives where min-max loses it', () => {
  const rows: number[] = [];
  for (let i = 0; i < 100; i += 1) rows.push(1 + i / 1000, 0.95 + i / 1000, -100);
  const two = new TopTwo();
  two.add(rows, 3);
  const whole = rangeOf(Histogram.of(rows));
  const kept = (range: { min: number; max: number }): number => {
    const theta = thetaOf(range, int8);
    let count = 0;
    for (let i = 0; i < rows.length; i += 3) {
      if (codeOf(rows[i] ?? 0, theta) > codeOf(rows[i + 1] ?? 0, theta)) count += 1;
    }
    return count;
  };
  expect(kept(whole)).toBeLessThan(20);
  expect(kept(isotoneRange(two, whole, int8))).toBe(100);
});

test('what isotone needs to know merges exactly', () => {
  const rows = bell(3_000);
  const whole = new TopTwo();
  whole.add(rows, 10);
  const parts = [rows.subarray(0, 500), rows.subarray(500)].map((part) => {
    const two = new TopTwo();
    two.add(part, 10);
    return two;
  });
  const merged = TopTwo.merged(parts.reverse());
  expect([merged.gap.toJSON(), merged.second.toJSON()]).toEqual([whole.gap.toJSON(), whole.second.toJSON()]);
});

test('a moving average forgets slowly, and is not moved by what is not finite', () => {
  const average = new MovingAverage(0.5);
  average.observe({ min: -1, max: 4 });
  average.observe({ min: -3, max: 2 });
  average.observe({ min: Number.NaN, max: Number.POSITIVE_INFINITY });
  expect(average.range).toEqual({ min: -2, max: 3 });
});
