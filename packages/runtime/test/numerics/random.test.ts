import { describe, expect, test } from 'vitest';
import { runTensor } from '../../src/kernels/run-one.ts';
import { fromReals, reals } from '../../src/tensor/reals.ts';

// Seeded, so that they always give the same verdict; each bound is what one sample in a million passes.

const N = 20_000;

/** Largest distance between the distribution of a sample and the one it should have (Kolmogorov and Smirnov). */
function distance(sample: readonly number[], below: (x: number) => number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted.reduce((worst, x, i) => {
    const p = below(x);
    return Math.max(worst, Math.abs(p - i / sorted.length), Math.abs(p - (i + 1) / sorted.length));
  }, 0);
}

/** Σ (seen - expected)² / expected. */
function chiSquare(seen: readonly number[], expected: readonly number[]): number {
  return seen.reduce((sum, count, i) => sum + (count - (expected[i] ?? 0)) ** 2 / (expected[i] ?? 0), 0);
}

/** How much each number tells of the next one. */
function correlation(sample: readonly number[]): number {
  const mean = sample.reduce((a, b) => a + b, 0) / sample.length;
  let [together, alone] = [0, 0];
  sample.forEach((x, i) => {
    alone += (x - mean) ** 2;
    if (i > 0) together += (x - mean) * ((sample[i - 1] ?? 0) - mean);
  });
  return together / alone;
}

const KS = 2.7 / Math.sqrt(N);
const LAG = 5 / Math.sqrt(N);

/** Probability that a normally distributed number is below z, by the series of the error function. */
function normalBelow(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 1; Math.abs(term) > 1e-12; k += 1) {
    term *= -(z * z) / (2 * k);
    sum += term / (2 * k + 1);
    if (k > 200) break;
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI);
}

const draw = (op: string, attributes: object, dtype: 'float64' | 'float32' | 'float16'): number[] => {
  const like = op.endsWith('Like') ? [fromReals(dtype, [N], new Float64Array(N))] : [];
  const given = op.endsWith('Like')
    ? {}
    : { shape: [N], dtype: { float32: 1, float16: 10, float64: 11 }[dtype] };
  const result = runTensor(op, like, { ...attributes, ...given }, { seed: 7 });
  expect([result.dtype, result.dims]).toEqual([dtype, [N]]);
  return Array.from(reals(result));
};

const widths = ['float64', 'float32', 'float16'] as const;

describe.each(widths)('%s', (dtype) => {
  // Float16 rounds to steps, which the distance to a continuous distribution sees.
  const bound = dtype === 'float16' ? KS + 2 ** -11 : KS;

  test.each(['RandomNormal', 'RandomNormalLike'])('%s is normal', (op) => {
    const sample = draw(op, { mean: 1, scale: 0.25 }, dtype);
    expect(distance(sample, (x) => normalBelow((x - 1) / 0.25))).toBeLessThan(bound);
    expect(Math.abs(correlation(sample))).toBeLessThan(LAG);
  });

  test.each(['RandomUniform', 'RandomUniformLike'])('%s is uniform', (op) => {
    const sample = draw(op, { low: -1, high: 3 }, dtype);
    expect(distance(sample, (x) => (x + 1) / 4)).toBeLessThan(bound);
    expect(Math.abs(correlation(sample))).toBeLessThan(LAG);
  });
});

test('the test itself sees a wrong distribution', () => {
  const sample = draw('RandomNormal', { mean: 1, scale: 0.27 }, 'float64');
  expect(distance(sample, (x) => normalBelow((x - 1) / 0.25))).toBeGreaterThan(KS);
});

test('Bernoulli is 1 with the probability of each element', () => {
  const probabilities = [0, 0.01, 0.3, 0.5, 0.99, 1];
  const input = fromReals(
    'float64',
    [6, N],
    probabilities.flatMap((p) => new Array<number>(N).fill(p)),
  );
  const result = reals(runTensor('Bernoulli', [input], { dtype: 6 }, { seed: 3 }));
  probabilities.forEach((p, row) => {
    const ones = Array.from(result.subarray(row * N, (row + 1) * N)).reduce((a, b) => a + b, 0);
    expect(Math.abs(ones - N * p)).toBeLessThanOrEqual(5 * Math.sqrt(N * p * (1 - p)));
  });
});

test('Multinomial draws classes as often as their probabilities say, each row for itself', () => {
  const rows = [
    [0.1, 0.2, 0.3, 0.4],
    [0.7, 0.1, 0.1, 0.1],
  ];
  // Unnormalised: a constant is added to the logarithms.
  const logits = fromReals(
    'float64',
    [2, 4],
    rows.flatMap((row) => row.map((p) => Math.log(p) + 3)),
  );
  const result = reals(runTensor('Multinomial', [logits], { sample_size: N }, { seed: 5 }));
  rows.forEach((row, r) => {
    const seen = row.map((_, c) => result.subarray(r * N, (r + 1) * N).filter((v) => v === c).length);
    // Three degrees of freedom.
    expect(
      chiSquare(
        seen,
        row.map((p) => p * N),
      ),
    ).toBeLessThan(31);
  });
});

test('a class of probability 0 is never drawn', () => {
  const logits = fromReals('float32', [1, 3], [Number.NEGATIVE_INFINITY, 0, Number.NEGATIVE_INFINITY]);
  expect(new Set(reals(runTensor('Multinomial', [logits], { sample_size: 1000 })))).toEqual(new Set([1]));
});

test('Dropout in training drops the share that is asked for, and scales up the rest', () => {
  const x = fromReals('float32', [N], new Float32Array(N).fill(3));
  const ratio = fromReals('float32', [], [0.25]);
  const training = fromReals('bool', [], [1]);
  const y = reals(runTensor('Dropout', [x, ratio, training], {}, { seed: 9 }));
  expect(new Set(y)).toEqual(new Set([0, 4]));
  const dropped = y.filter((v) => v === 0).length;
  expect(Math.abs(dropped - N * 0.25)).toBeLessThanOrEqual(5 * Math.sqrt(N * 0.25 * 0.75));
});

test('a seed of its own makes an operator draw the same in every run', () => {
  const x = fromReals('float32', [64], new Float32Array(64).fill(1));
  const [half, yes] = [fromReals('float32', [], [0.5]), fromReals('bool', [], [1])];
  const dropped = (seed: number | undefined, run: number): string =>
    String(reals(runTensor('Dropout', [x, half, yes], { seed }, { seed: run })));
  expect(dropped(1, 1)).toBe(dropped(1, 2));
  expect(dropped(1, 1)).not.toBe(dropped(2, 1));
  expect(dropped(undefined, 1)).not.toBe(dropped(undefined, 2));
});
