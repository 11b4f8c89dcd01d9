import { Editor, inferModel, type Model, verifyModel } from '@refold/ir';
import { createSession, type Feeds, makeInputs, reals } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { constant, ints, model, weight } from '../../../test/support.ts';
import { runPasses } from '../../manager/run.ts';
import { collectConstraints } from '../constraints/collect.ts';
import { emitQdq } from '../emit/emit.ts';
import { linearLayers } from '../layers/linear-layer.ts';
import { minMax } from '../observers/min-max.ts';
import { quantizeModel } from '../quantize.ts';
import { quantizePass } from '../quantize-pass.ts';
import { GramCollector } from '../round/gram.ts';
import { settle } from '../settle.ts';
import { calibrate } from '../statistics/calibrate.ts';
import { integerOnly, onnxruntimeCpu, type Target, tflite } from '../targets/index.ts';
import { quantizePostTraining } from './flow.ts';
import { rescueBranches } from './rescue.ts';

/** What two channels of a small and three of a large branch go through, and the layer that reads them. */
const behind: readonly (readonly [nodes: string, reader: string])[] = [
  ['r = Relu (j)', 'y = Conv (r, v)'],
  ['r = MaxPool <kernel_shape = [2, 2]> (j)', 'y = Conv (r, v)'],
  ['p = AveragePool <kernel_shape = [2, 2]> (j) r = LeakyRelu <alpha = 0.25> (p)', 'y = Conv (r, v)'],
  ['p = GlobalAveragePool (j) r = Flatten (p)', 'y = Gemm <transB = 1> (r, u)'],
  ['r = Transpose <perm = [0, 2, 3, 1]> (j)', 'y = MatMul (r, t)'],
  ['', 'y = Conv (j, v)'],
];

/** What lies between the layer that makes the small branch and the large one. */
const before = ['c = Relu (a)', 'd = Pad (a, pads) e = Slice (d, starts, ends, axes) c = LeakyRelu (e)'];

/** A branch 2^-exponent as large as the other; the weights of its reader are as much larger, unless they are even. */
function net(exponent: number, at = 0, { even = false, moved = false } = {}): Model {
  const [nodes, reader] = behind[at] ?? behind[0] ?? ['', ''];
  const small = [3, -2, 1, 2, 1, -3].map((x) => x * 2 ** (-2 - exponent));
  const large = even ? 1 : 2 ** exponent;
  const rows = [
    [large, -large, 1, 0.5, -1],
    [0.5 * large, large, -1, 1, 0.75],
  ];
  const columns = [0, 1, 2, 3, 4].flatMap((c) => rows.map((row) => row[c] ?? 0));
  return model(
    '(float[1,3,4,4] x) => (y)' +
      ` <${constant('w0', [2, 3, 1, 1], small)}, ${weight('w', [3, 3, 1, 1])},` +
      ` ${constant('v', [2, 5, 1, 1], rows.flat())}, ${constant('u', [2, 5], rows.flat())}, ${constant('t', [5, 2], columns)},` +
      ` ${ints('pads', 0, 0, 1, 1, 0, 0, 1, 1)}, ${ints('starts', 1, 1)}, ${ints('ends', 5, 5)}, ${ints('axes', 2, 3)}>` +
      ` { a = Conv (x, w0) ${before[Number(moved)]} l = Conv (x, w) j = Concat <axis = 1> (c, l) ${nodes} ${reader} }`,
  );
}

const samplesOf = (m: Model, count: number, seed = 0): readonly Feeds[] =>
  Array.from({ length: count }, (_, i) => makeInputs(m, undefined, { seed: seed + i }));

function outputsOf(m: Model, feeds: Feeds): readonly number[] {
  const y = createSession(m).run(feeds).get('y');
  return y?.kind === 'tensor' ? Array.from(reals(y)) : [];
}

function noise(before: Model, after: Model): number {
  let [error, signal] = [0, 0];
  for (const feeds of samplesOf(before, 4, 100)) {
    const got = outputsOf(after, feeds);
    outputsOf(before, feeds).forEach((x, i) => {
      error += (x - (got[i] ?? 0)) ** 2;
      signal += x ** 2;
    });
  }
  return error / signal;
}

/** Quantizes without the ladder. */
function quantizePlainly(m: Model, target: Target, samples: readonly Feeds[]): void {
  const editor = new Editor(m);
  inferModel(editor);
  const statistics = calibrate(m, samples, collectConstraints(m, target).table.values());
  const { collected, classes } = settle(m, target, statistics);
  emitQdq(editor, collected, classes);
}

/** A model that was run on samples, and the same after its branches were rescued. */
function rescued(m: Model, target: Target, { keptAll = true, kept = 3 } = {}) {
  inferModel(new Editor(m));
  const samples = samplesOf(m, 3);
  const collected = collectConstraints(m, target);
  const grams = new GramCollector(linearLayers(m.graph.nodes()));
  const statistics = calibrate(m, samples, collected.table.values(), { onNode: grams.see.bind(grams) });
  const subject = { model: m, target, statistics, options: { observer: minMax } };
  const result = rescueBranches({ subject, collected, kept: samples.slice(0, kept), keptAll, grams });
  return { ...result, samples, grams };
}

const cases = fc.record({
  exponent: fc.integer({ min: 4, max: 12 }),
  at: fc.nat({ max: behind.length - 1 }),
  moved: fc.boolean(),
  target: fc.constantFrom(tflite, integerOnly),
});

test('what is known of a model whose branches were multiplied is what running it anew shows (P15)', () => {
  let count = 0;
  fc.assert(
    fc.property(cases, ({ exponent, at, moved, target }) => {
      const m = net(exponent, at, { moved });
      const { subject, collected, branches, samples, grams } = rescued(m, target);
      count += branches.length;
      expect(verifyModel(m)).toEqual([]);
      const anew = new GramCollector(linearLayers(m.graph.nodes()));
      const seen = calibrate(m, samples, collected.table.values(), { onNode: anew.see.bind(anew) });
      for (const [key, histogram] of seen)
        expect(subject.statistics.get(key)?.toJSON(), key).toEqual(histogram.toJSON());
      for (const layer of linearLayers(m.graph.nodes())) expect(grams.of(layer)).toEqual(anew.of(layer));
      const float = net(exponent, at, { moved });
      for (const feeds of samples) expect(outputsOf(m, feeds)).toEqual(outputsOf(float, feeds));
    }),
    { numRuns: 12 },
  );
  expect(count).toBeGreaterThan(5);
});

test('a small branch beside a large one keeps its levels where both must share a scale', async () => {
  for (const target of [tflite, integerOnly]) {
    const exponent = 9;
    const [climbed, plain] = [net(exponent), net(exponent)];
    const samples = samplesOf(net(exponent), 8);
    quantizePlainly(plain, target, samples);
    const { report } = await quantizePostTraining(climbed, { target, samples });
    const lost = noise(net(exponent), plain);
    expect(lost, target.name).toBeGreaterThan(0.05);
    expect(noise(net(exponent), climbed), target.name).toBeLessThan(lost / 20);
    expect(report.diagnostics.map((d) => d.code)).toContain('equalised');
    expect(report.diagnostics.map((d) => d.code)).not.toContain('starved');
    const member = report.classes.flatMap((c) => c.members).find((one) => one.value === 'c');
    expect(member?.multipliedBy).toBeGreaterThanOrEqual(2 ** 7);
    expect(member?.levels).toBeGreaterThan(32);
  }
});

test('where every operand may have a scale of its own, no branch is multiplied', () => {
  expect(rescued(net(9), onnxruntimeCpu).branches).toEqual([]);
});

test('on its way to the others, a branch may be moved about, and zeros come in', () => {
  expect(rescued(net(9, 0, { moved: true }), integerOnly).branches.length).toBe(1);
});

test('a branch whose readers weigh it no more than the others is doubled less often, or not at all', () => {
  const exponentOf = (m: Model): number => rescued(m, tflite).branches[0]?.exponent ?? 0;
  expect(exponentOf(net(9))).toBeGreaterThan(6);
  expect(exponentOf(net(9, 0, { even: true }))).toBeLessThan(6);
});

test('without samples to run on, branches are multiplied where nothing has to be seen again', () => {
  expect(rescued(net(9, 1), integerOnly, { kept: 0, keptAll: false }).branches).toEqual([]);
  expect(rescued(net(9, 5), integerOnly, { kept: 0, keptAll: false }).branches.length).toBe(1);
});

test('by what was seen alone, the passes multiply a branch as well, and say which', () => {
  for (const target of [tflite, integerOnly]) {
    const samples = samplesOf(net(9, 5), 8);
    const [plain, whole, byPass] = [net(9, 5), net(9, 5), net(9, 5)];
    quantizePlainly(plain, target, samples);
    const lost = noise(net(9, 5), plain);
    const { branches } = quantizeModel(whole, target, samples);
    expect(branches.map(({ value }) => value.name)).toEqual(['c']);
    const editor = new Editor(byPass);
    inferModel(editor);
    const statistics = calibrate(byPass, samples, collectConstraints(byPass, target).table.values());
    runPasses(editor, [quantizePass(target, statistics)], { inferred: true });
    for (const m of [whole, byPass]) {
      expect(verifyModel(m)).toEqual([]);
      expect(noise(net(9, 5), m), target.name).toBeLessThan(lost / 20);
    }
    expect(outputsOf(byPass, samples[0] ?? {})).toEqual(outputsOf(whole, samples[0] ?? {}));
  }
  // Nothing is foreseen, or nothing is gained.
  expect(quantizeModel(net(9, 1), tflite, samplesOf(net(9, 1), 3)).branches).toEqual([]);
  expect(quantizeModel(net(9, 5), onnxruntimeCpu, samplesOf(net(9, 5), 3)).branches).toEqual([]);
});
