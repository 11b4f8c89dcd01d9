import { type Model, verifyModel } from '@refold/ir';
import { createSession, type Feeds, fromReals, reals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { constant, model, weight } from '../../../test/support.ts';
import { minMax } from '../observers/min-max.ts';
import { integerOnly, onnxruntimeCpu, type Target, tflite } from '../targets/index.ts';
import { quantizePostTraining } from './flow.ts';
import type { QuantizationReport } from './report.ts';

/** One of the inputs is three hundred times the others, and does not count: 8 bits leave little of these. */
const deaf = constant(
  'u',
  [8, 8],
  Array.from({ length: 64 }, (_, i) => (i < 8 ? 0 : Math.sin(i))),
);
const outlier = (): Model =>
  model(
    `(float[4,8] x) => (float[4,8] y) <${deaf}, ${weight('v', [8, 8])}, ${weight('w', [8, 8])}>` +
      ' { a = MatMul (x, u) r = Relu (a) b = MatMul (r, v) s = Sigmoid (b) y = MatMul (s, w) }',
  );

/** One of the weights is a thousand times the others, and what it is multiplied with is 0. */
const bad = constant(
  'u',
  [8, 8],
  Array.from({ length: 64 }, (_, i) => (i === 0 ? 1000 : Math.sin(i))),
);
const badWeight = (): Model =>
  model(
    `(float[4,8] x) => (float[4,8] y) <${bad}, ${weight('w', [8, 8])}, ${constant('k', [8], [0, 1, 1, 1, 1, 1, 1, 1])}>` +
      ' { m = Mul (x, k) a = MatMul (m, u) r = Relu (a) y = MatMul (r, w) }',
  );

const samples = (scale: number): readonly Feeds[] =>
  [1, 2, 3, 4].map((seed) => ({
    x: fromReals(
      'float32',
      [4, 8],
      Array.from({ length: 32 }, (_, i) => Math.sin(seed * 40 + i) * (i % 8 === 0 ? scale : 1)),
    ),
  }));

async function quantized(net: () => Model, target: Target, scale: number, budget: number) {
  const m = net();
  const { report } = await quantizePostTraining(m, {
    target,
    samples: samples(scale),
    observer: minMax,
    biasCorrection: false,
    budget,
  });
  expect(verifyModel(m)).toEqual([]);
  return { report, noise: noiseOf(net(), m, samples(scale)) };
}

function noiseOf(before: Model, after: Model, feeds: readonly Feeds[]): number {
  let [error, signal] = [0, 0];
  const [a, b] = [before, after].map((m) => createSession(m));
  for (const one of feeds) {
    const [x, y] = [a, b].map((session) => {
      const found = session?.run(one).get('y');
      return found?.kind === 'tensor' ? [...reals(found)] : [];
    });
    x?.forEach((v, i) => {
      error += (v - (y?.[i] ?? 0)) ** 2;
      signal += v ** 2;
    });
  }
  return error / signal;
}

const typeOf = (report: QuantizationReport, value: string): string | undefined =>
  report.classes.find((c) => c.members.some((m) => m.value === value))?.dtype;

test.each([
  ['tflite', tflite],
  ['integer-only', integerOnly],
])('%s: a layer gets 16 bits where 8 do not meet the budget, before it goes to floats', async (_, target) => {
  const { report, noise } = await quantized(outlier, target, 300, 0.02);
  expect(report.kept).toMatchObject({ layers: [], met: true });
  expect(report.kept?.before).toBeGreaterThan(0.02);
  expect(report.kept?.wide).toContain('a');
  expect(report.kept?.wide.length).toBeLessThan(3);
  expect(noise).toBeLessThanOrEqual(0.02);
  expect(report.kept?.after).toBeCloseTo(noise, 4);
  expect(typeOf(report, 'x')).toBe('int16');
  expect(report.float).toEqual({});
});

test('what a table fixes to 8 bits keeps them', async () => {
  const { report } = await quantized(outlier, tflite, 300, 3e-4);
  expect(report.kept?.wide).toContain('a');
  expect(report.kept?.met).toBe(true);
  const wide = report.classes.filter((c) => c.dtype === 'int16').flatMap((c) => c.members);
  expect(wide.map((m) => m.value)).not.toContain('s');
});

test('where 16 bits do not run on integers, layers go to floats at once', async () => {
  const { report, noise } = await quantized(outlier, onnxruntimeCpu, 300, 0.02);
  expect(report.kept).toMatchObject({ wide: [], met: true });
  expect(report.kept?.layers).toContain('a');
  expect(noise).toBeLessThanOrEqual(0.02);
});

test('where weights are the cause, more bits for data do not help, and are not given', async () => {
  const perTensor: Target = { ...tflite, weights: { ...tflite.weights, perChannel: false } };
  const { report, noise } = await quantized(badWeight, perTensor, 1, 0.02);
  expect(report.kept).toMatchObject({ layers: ['a'], wide: [], met: true });
  expect(noise).toBeLessThanOrEqual(0.02);
});

test('a budget that 8 bits meet changes nothing', async () => {
  const { report } = await quantized(outlier, tflite, 1, 0.1);
  expect(report.kept).toMatchObject({ layers: [], wide: [], met: true });
  expect(new Set(report.classes.map((c) => c.dtype))).toEqual(new Set(['int8']));
});
