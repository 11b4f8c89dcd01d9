import { encodeModel, type Model, verifyModel } from '@refold/ir';
import {
  createSession,
  endThreads,
  type Feeds,
  fromReals,
  loadFastKernels,
  makeInputs,
  reals,
} from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import { minMax } from '../observers/min-max.ts';
import { parseStatistics, printStatistics } from '../statistics/saved-statistics.ts';
import { integerOnly, onnxruntimeCpu, type Target, targets } from '../targets/index.ts';
import { analyseQuantization } from './analysis.ts';
import { quantizePostTraining } from './flow.ts';
import type { PostTrainingOptions } from './options.ts';

const net = (): Model =>
  model(
    '(float[1,3,8,8] x) => (float[1,5] y)' +
      ` <${weight('w', [4, 3, 3, 3])}, ${weight('b', [4])}, float[4] one = {1, 2, 1, 1}, float[4] mean = {0, 0, 1, 0},` +
      ` ${weight('v', [4, 5])}, ${weight('c', [5])}>` +
      ' { a = Conv <pads = [1, 1, 1, 1]> (x, w, b) n = BatchNormalization (a, one, b, mean, one) r = Relu (n)' +
      ' g = GlobalAveragePool (r) f = Flatten (g) y = Gemm (f, v, c) }',
    { opset: 11 },
  );

/** Weights of which rounding costs much. */
const int4: Target = { ...onnxruntimeCpu, weights: { ...onnxruntimeCpu.weights, types: ['int4'] } };

const samplesOf = (m: Model, count: number): readonly Feeds[] =>
  Array.from({ length: count }, (_, seed) => makeInputs(m, undefined, { seed }));

const ops = (m: Model): readonly string[] => [...m.graph.nodes()].map((n) => n.opType);

function noise(before: Model, after: Model, feeds: Feeds): number {
  const [x, y] = [before, after].map((m) => createSession(m).run(feeds).get('y'));
  if (x?.kind !== 'tensor' || y?.kind !== 'tensor') throw new Error('no tensors');
  const [wanted, got] = [reals(x), reals(y)];
  const sum = (f: (i: number) => number): number =>
    Array.from(wanted, (_, i) => f(i) ** 2).reduce((a, b) => a + b);
  return sum((i) => (wanted[i] ?? 0) - (got[i] ?? 0)) / sum((i) => wanted[i] ?? 0);
}

test('a float model of an old opset becomes one on codes, valid, with the noise that 8 bits have', async () => {
  for (const target of targets) {
    const m = net();
    const { report } = await quantizePostTraining(m, { target, samples: samplesOf(net(), 4) });
    expect(verifyModel(m)).toEqual([]);
    // Normalizations are in the weights.
    expect(ops(m)).not.toContain('BatchNormalization');
    expect(report.quantized).toMatchObject({ Conv: 1, Gemm: 1 });
    expect(report.tried.map((t) => t.observer)).toContain(report.observer);
    const noiseWith = new Map(report.tried.map((t) => [t.observer, t.noise]));
    expect(noiseWith.get(report.observer)).toBeLessThanOrEqual(noiseWith.get('min-max') ?? 0);
    expect(noise(net(), m, samplesOf(net(), 5)[4] ?? new Map()), target.name).toBeLessThan(
      target === integerOnly ? 3e-2 : 2e-3,
    );
  }
});

test('a result that nobody reads on codes stays a float, where the target can give one', async () => {
  const m = net();
  await quantizePostTraining(m, { target: onnxruntimeCpu, samples: samplesOf(net(), 2) });
  expect(m.graph.outputs[0]?.producer?.opType).toBe('Gemm');
});

test('the report names every class that is written, its members, and why they are one', async () => {
  const m = net();
  const { report } = await quantizePostTraining(m, { target: integerOnly, samples: samplesOf(net(), 2) });
  const members = report.classes.flatMap((c) => c.members.map((member) => member.value));
  expect(members).toContain('x');
  expect(new Set(report.classes.map((c) => c.name)).size).toBe(report.classes.length);
  const moved = report.classes.find((c) => c.members.some((member) => member.value === 'f'));
  expect(moved?.rules.map((r) => r.rule)).toContain('Flatten-result');
  for (const { members: list } of report.classes) {
    for (const member of list) expect(member.loss).toBeGreaterThanOrEqual(0);
  }
});

test('what was seen can be saved and added to: the same as all at once', async () => {
  const samples = samplesOf(net(), 6);
  const options = { target: onnxruntimeCpu, observer: minMax };
  const [whole, first, second] = [net(), net(), net()];
  const all = await quantizePostTraining(whole, { ...options, samples });
  const part = await quantizePostTraining(first, { ...options, samples: samples.slice(0, 2) });
  const statistics = parseStatistics(printStatistics(part.statistics));
  const rest = await quantizePostTraining(second, { ...options, samples: samples.slice(2), statistics });
  expect(printStatistics(rest.statistics)).toBe(printStatistics(all.statistics));
  expect(rest.report).toEqual(all.report);
});

test('what was saved alone gives the model that the samples give, biases included', async () => {
  const options = { target: onnxruntimeCpu, observer: minMax };
  const [whole, alone, plain] = [net(), net(), net()];
  const { statistics } = await quantizePostTraining(whole, { ...options, samples: samplesOf(net(), 5) });
  const saved = parseStatistics(printStatistics(statistics));
  await quantizePostTraining(alone, { ...options, statistics: saved });
  expect(encodeModel(alone)).toEqual(encodeModel(whole));
  await quantizePostTraining(plain, { ...options, statistics: saved, biasCorrection: false });
  expect(encodeModel(plain)).not.toEqual(encodeModel(whole));
  // Moments are too large to be saved.
  await expect(
    quantizePostTraining(net(), { ...options, statistics: saved, rounding: 'descent' }),
  ).rejects.toMatchObject({ code: 'usage/option', message: 'rounding by descent takes samples' });
});

test('samples may come one at a time, from anywhere, and only so many are taken', async () => {
  let read = 0;
  async function* stream(): AsyncGenerator<Feeds> {
    for (const feeds of samplesOf(net(), 9)) {
      read += 1;
      yield feeds;
    }
  }
  const stages: string[] = [];
  const { report } = await quantizePostTraining(net(), {
    target: onnxruntimeCpu,
    samples: stream(),
    limit: 3,
    onProgress: ({ stage, samples }) => stages.push(samples === undefined ? stage : `${stage} ${samples}`),
  });
  expect([read, report.samples]).toEqual([3, 3]);
  expect(stages).toEqual(['prepare', 'calibrate 1', 'calibrate 2', 'calibrate 3', 'unite', 'write']);
});

test('samples with NaN and infinities are counted, and refused (E9; a peer: scale inf, without a word)', async () => {
  const odd = (value: number): Feeds => {
    const data = new Float32Array(192).fill(1);
    data[7] = value;
    data[8] = value;
    return new Map([['x', fromReals('float32', [1, 3, 8, 8], data)]]);
  };
  const samples = [...samplesOf(net(), 1), odd(Number.POSITIVE_INFINITY), odd(Number.NaN)];
  await expect(quantizePostTraining(net(), { target: onnxruntimeCpu, samples })).rejects.toMatchObject({
    code: 'usage/data',
    message: "2 of 3 samples hold 2 NaN and 2 infinite numbers, the first in 'x' of sample 2",
  });
});

test('no samples, samples that do not fit, and statistics of another model are refused', async () => {
  const target = onnxruntimeCpu;
  await expect(quantizePostTraining(net(), { target })).rejects.toMatchObject({ code: 'usage/data' });
  const samples = [new Map([['z', fromReals('float32', [1], [1])]])];
  await expect(quantizePostTraining(net(), { target, samples })).rejects.toMatchObject({
    code: 'usage/unknown-name',
  });
  const other = model('(float[2] z) => (float[2] y) { y = Sin (z) }');
  const { statistics } = await quantizePostTraining(other, { target, samples: samplesOf(other, 1) });
  await expect(quantizePostTraining(net(), { target, statistics })).rejects.toThrow(
    "the statistics are of another model: it has no value 'z'",
  );
});

test('an abort ends it', async () => {
  const signal = AbortSignal.abort();
  await expect(
    quantizePostTraining(net(), { target: onnxruntimeCpu, samples: samplesOf(net(), 1), signal }),
  ).rejects.toMatchObject({ code: 'usage/aborted' });
});

test('a budget leaves on floats what costs most, and no more', async () => {
  const options = { target: onnxruntimeCpu, samples: samplesOf(net(), 3), observer: minMax };
  const [all, none, wide] = [net(), net(), net()];
  const { report } = await quantizePostTraining(all, { ...options, budget: 0 });
  expect(report.kept).toMatchObject({ budget: 0, after: 0, met: true });
  expect(ops(all)).not.toContain('QuantizeLinear');
  const { report: free } = await quantizePostTraining(wide, { ...options, budget: 1 });
  expect(free.kept).toMatchObject({ layers: [], met: true });
  await quantizePostTraining(none, options);
  expect(ops(wide)).toEqual(ops(none));
  const statistics = (await quantizePostTraining(net(), options)).statistics;
  await expect(
    quantizePostTraining(net(), { target: onnxruntimeCpu, statistics, budget: 1 }),
  ).rejects.toMatchObject({ code: 'usage/option' });
});

test('balanced channels, chosen codes and corrected biases cost no more than the nearest codes', async () => {
  const held = samplesOf(net(), 40).slice(20);
  const lost = async (options: Partial<PostTrainingOptions>): Promise<number> => {
    const m = net();
    await quantizePostTraining(m, {
      target: int4,
      samples: samplesOf(net(), 20),
      observer: minMax,
      ...options,
    });
    expect(verifyModel(m)).toEqual([]);
    return held.reduce((sum, feeds) => sum + noise(net(), m, feeds), 0) / held.length;
  };
  const plain = await lost({ biasCorrection: false });
  expect(await lost({})).toBeLessThan(plain);
  expect(await lost({ rounding: 'descent', biasCorrection: false })).toBeLessThan(plain);
  expect(await lost({ rounding: 'feedback' })).toBeLessThan(plain);
  expect(await lost({ equalise: true })).toBeLessThan(2 * plain);
});

test('an analysis ranks layers and values, says what to keep, and leaves the model on floats', async () => {
  const m = net();
  const options = { target: onnxruntimeCpu, samples: samplesOf(net(), 3), budget: 1e-9 };
  const { layers, values, classes, kept } = await analyseQuantization(m, options);
  expect(layers.map((l) => l.operators[0]).toSorted()).toEqual(['Conv', 'Gemm', 'GlobalAveragePool']);
  const channels = values.flatMap((v) => (v.worstChannels.length > 0 ? [v.worstChannels] : []));
  expect(channels.length).toBeGreaterThan(0);
  for (const list of [layers, values, classes, ...channels]) {
    const losses = list.map((l) => l.noiseToSignal);
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
  }
  expect(values.map((v) => v.value)).toContain('y');
  for (const list of channels) expect(list.length).toBeLessThanOrEqual(8);
  const byValue = new Map(values.map((v) => [v.value, v.noiseToSignal]));
  for (const { noiseToSignal, members } of classes) {
    const measured = members.flatMap((member) => member.noiseToSignal ?? []);
    expect(noiseToSignal).toBe(Math.max(0, ...measured));
    for (const member of members) expect(member.noiseToSignal).toBe(byValue.get(member.value));
  }
  expect(layers.map((l) => l.samples)).toEqual([3, 3, 3]);
  expect(kept?.met).toBe(true);
  expect(kept?.layers.length).toBeGreaterThan(0);
  expect(ops(m)).not.toContain('QuantizeLinear');
});

test('samples may come one after the other in the same arrays, and are never written to', async () => {
  const fresh = samplesOf(net(), 40);
  const bytesOf = async (samples: Iterable<Feeds>): Promise<Uint8Array> => {
    const m = net();
    await quantizePostTraining(m, { target: onnxruntimeCpu, samples });
    return encodeModel(m);
  };
  const into = new Float32Array(192);
  const x = fromReals('float32', [1, 3, 8, 8], into);
  function* inOneArray(): Iterable<Feeds> {
    for (const feeds of fresh) {
      const next = feeds instanceof Map ? feeds.get('x') : undefined;
      if (next?.kind !== 'tensor') throw new Error('no tensor');
      into.set(reals(next));
      const before = into.slice();
      yield { x };
      expect(into).toEqual(before);
      into.fill(Number.NaN);
    }
  }
  expect(await bytesOf(inOneArray())).toEqual(await bytesOf(fresh));
});

test('any number of threads gives the same bytes', async () => {
  const wide = (): Model =>
    model(
      `(float[1,16,32,32] x) => (y) <${weight('w', [64, 16, 3, 3])}, ${weight('v', [64, 64, 3, 3])}>` +
        ' { a = Conv <pads = [1, 1, 1, 1]> (x, w) r = Relu (a) y = Conv <pads = [1, 1, 1, 1]> (r, v) }',
    );
  await loadFastKernels({ threads: 2 });
  const [one, two] = await Promise.all(
    [1, 2].map(async (threads) => {
      const m = wide();
      await quantizePostTraining(m, { target: onnxruntimeCpu, samples: samplesOf(m, 6), threads });
      return encodeModel(m);
    }),
  );
  endThreads();
  expect(two).toEqual(one);
});
