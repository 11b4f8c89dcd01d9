import { expect, test } from 'vitest';
import type { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { runTensor } from '../run-one.ts';

const list = (array: NdArray): number[] => Array.from(reals(array));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

test('a seed gives the same numbers whatever the run, no seed those of the run', () => {
  for (const op of ['RandomNormal', 'RandomUniform']) {
    const draw = (seed: number | undefined, run: number): number[] =>
      list(runTensor(op, [], { shape: [8], seed }, { seed: run }));
    expect(draw(3.5, 1)).toEqual(draw(3.5, 2));
    expect(draw(3.5, 1)).not.toEqual(draw(3.25, 1));
    expect(draw(undefined, 1)).toEqual(draw(undefined, 1));
    expect(draw(undefined, 1)).not.toEqual(draw(undefined, 2));
  }
});

test('normal numbers have the mean and deviation asked for', () => {
  const values = list(runTensor('RandomNormal', [], { shape: [20000], mean: 5, scale: 2 }));
  expect(mean(values)).toBeCloseTo(5, 1);
  expect(Math.sqrt(mean(values.map((v) => (v - 5) ** 2)))).toBeCloseTo(2, 1);
});

test('uniform numbers fill their range', () => {
  const like = fromReals('float16', [100, 100], new Float32Array(10000));
  const out = runTensor('RandomUniformLike', [like], { low: -2, high: 2 });
  expect(out.dtype).toBe('float16');
  expect(Math.min(...list(out))).toBeGreaterThanOrEqual(-2);
  expect(Math.max(...list(out))).toBeLessThanOrEqual(2);
  expect(mean(list(out))).toBeCloseTo(0, 1);
});

test('Bernoulli is 1 as often as its probability says', () => {
  const p = fromReals(
    'float32',
    [3, 4000],
    Array.from({ length: 12000 }, (_, i) => [0, 1, 0.3][Math.floor(i / 4000)] ?? 0),
  );
  const out = list(runTensor('Bernoulli', [p], { dtype: 6 }));
  expect(mean(out.slice(0, 4000))).toBe(0);
  expect(mean(out.slice(4000, 8000))).toBe(1);
  expect(mean(out.slice(8000))).toBeCloseTo(0.3, 1);
});

test('Multinomial draws classes by their log probabilities', () => {
  const logits = fromReals('float32', [2, 3], [Math.log(0.2), Math.log(0.8), -Infinity, -50, -50, 60]);
  const out = runTensor('Multinomial', [logits], { sample_size: 4000, dtype: 7 });
  expect(out.dims).toEqual([2, 4000]);
  expect(mean(list(out).slice(0, 4000))).toBeCloseTo(0.8, 1);
  expect(new Set(list(out).slice(4000))).toEqual(new Set([2]));
});

test('element types that cannot hold random numbers are refused', () => {
  expect(() => runTensor('RandomNormal', [], { shape: [2], dtype: 7 })).toThrow('it cannot give int64');
  expect(() => runTensor('RandomNormal', [], { shape: [-2] })).toThrow('shape has the negative size -2');
});
