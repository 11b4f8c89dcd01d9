import { type Model, verifyModel } from '@refold/ir';
import { createSession, type Feeds, fromReals, reals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { constant, model, weight } from '../../../test/support.ts';
import { minMax } from '../observers/min-max.ts';
import { integerOnly, onnxruntimeCpu, type Target, tflite } from '../targets/index.ts';
import { quantizePostTraining } from './flow.ts';
import type { PostTrainingOptions } from './options.ts';
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

/** Two layers of which one is a multiple of what 4 bits hold, so that these lose nothing. */
const coarse = constant(
  'w',
  [32, 32],
  Array.from({ length: 1024 }, (_, i) => ((i * 7 + 1) % 15) - 7),
);
const mixed = (): Model =>
  model(
    `(float[4,8] x) => (float[4,8] y) <${weight('u', [8, 32])}, ${coarse}, ${weight('v', [32, 8])}>` +
      ' { a = MatMul (x, u) r = Relu (a) b = MatMul (r, w) s = Relu (b) y = MatMul (s, v) }',
  );

const small = async (target: Target, budget: number, options: Partial<PostTrainingOptions> = {}) => {
  const m = mixed();
  const given = { target, samples: samples(1), observer: minMax, biasCorrection: false, smallest: true };
  const { report } = await quantizePostTraining(m, { ...given, budget, ...options });
  expect(verifyModel(m)).toEqual([]);
  const types = [...m.graph.initializers].flatMap(({ tensor }) =>
    tensor?.dtype === 'int4' ? [tensor.size] : [],
  );
  return { report, types, noise: noiseOf(mixed(), m, samples(1)) };
};

test.each([
  ['onnxruntime-cpu', onnxruntimeCpu],
  ['tflite', tflite],
])(
  '%s: weights get 4 bits as far as the budget allows, those that lose least for their bytes first',
  async (_, target) => {
    const none = await small(target, 2e-4);
    expect(none.report.small?.weights).toEqual(['w']);
    expect(none.report.small?.saved).toBe(512);
    expect(none.noise).toBeLessThanOrEqual(2e-4);
    expect(none.types.filter((size) => size === 1024).length).toBe(1);
    const all = await small(target, 1);
    expect(all.report.small?.weights.at(-1)).toBe('w');
    expect(all.report.small?.weights.toSorted()).toEqual(['u', 'v', 'w']);
    expect(all.report.small?.saved).toBe(512 + 128 + 128);
    expect(all.report.small?.after).toBeGreaterThan(2e-4);
    expect(all.report.small?.after).toBeCloseTo(all.noise, 4);
  },
);

test('other ways to round, and what was asked for, are heeded', async () => {
  const { types, report } = await small(onnxruntimeCpu, 1, {
    rounding: 'descent',
    bits: new Map([['u', 8]]),
  });
  expect(report.small?.weights.toSorted()).toEqual(['v', 'w']);
  expect(types.filter((size) => size >= 256).toSorted((a, b) => a - b)).toEqual([256, 1024]);
});

test('where the budget is not met, no weights get fewer bits; where there are none, that is said', async () => {
  expect((await small(onnxruntimeCpu, 1e-30)).report.small?.weights ?? []).toEqual([]);
  await expect(small(integerOnly, 1)).rejects.toThrow('integer-only has no weights of 4 bits');
  const { budget: _, ...rest } = { target: tflite, samples: samples(1), smallest: true, budget: 1 };
  await expect(quantizePostTraining(mixed(), rest)).rejects.toThrow('as few bits as a budget allows');
});
