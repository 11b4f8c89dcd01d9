import { expect, test } from 'vitest';
import { Random, seedFor } from './random.ts';

const draw = (count: number, one: () => number) => Array.from({ length: count }, one);

test('a seed gives one sequence, and another seed another one', () => {
  const sequence = (seed: number) => {
    const random = new Random(seed);
    return draw(20, () => random.bits());
  };
  expect(sequence(3)).toEqual(sequence(3));
  expect(sequence(3)).not.toEqual(sequence(4));
  expect(new Set(sequence(0)).size).toBe(20);
});

test('uniform numbers lie in [0, 1) with mean 1/2 and variance 1/12', () => {
  const random = new Random(1);
  const values = draw(20_000, () => random.next());
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  expect(mean).toBeCloseTo(0.5, 2);
  expect(variance).toBeCloseTo(1 / 12, 2);
});

test('normal numbers are finite, with mean 0 and deviation 1', () => {
  const random = new Random(1);
  const values = draw(20_000, () => random.normal());
  expect(values.every(Number.isFinite)).toBe(true);
  expect(values.reduce((a, b) => a + b) / values.length).toBeCloseTo(0, 1);
  expect(Math.sqrt(values.reduce((a, b) => a + b * b, 0) / values.length)).toBeCloseTo(1, 1);
});

test('integers between two bounds include the lower and exclude the upper one', () => {
  const random = new Random(1);
  expect(new Set(draw(200, () => random.between(-2, 2)))).toEqual(new Set([-2, -1, 0, 1]));
  expect(random.between(5, 5)).toBe(5);
});

test('names with one seed, and one name with two seeds, have different seeds', () => {
  const seeds = ['a', 'b', 'ab', 'ba', ''].flatMap((name) => [0, 1, 2].map((seed) => seedFor(name, seed)));
  expect(new Set(seeds).size).toBe(seeds.length);
});
