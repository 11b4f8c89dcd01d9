import { Editor, inferModel, type Model, printModel } from '@refold/ir';
import { type Feeds, makeInputs } from '@refold/runtime';
import { expect, test } from 'vitest';
import { shuffleNodes } from '../../../test/shuffle-nodes.ts';
import { ints, model, weight } from '../../../test/support.ts';
import { collectConstraints } from '../constraints/collect.ts';
import { settle } from '../settle.ts';
import { calibrate } from '../statistics/calibrate.ts';
import { onnxruntimeCpu } from '../targets/index.ts';
import { countErrors, type Subject } from './count-errors.ts';
import { FloatPrefix } from './float-prefix.ts';
import { type LayerError, layerErrors } from './layer-errors.ts';
import { quantizedLayers } from './layers.ts';
import { OutputErrors } from './output-errors.ts';
import { OutputSums } from './output-sums.ts';

interface Case extends Subject {
  readonly samples: readonly Feeds[];
}

function caseOf(text: string, count: number, change = (_: Model): void => {}): Case {
  const m = model(text, { opset: 21 });
  change(m);
  inferModel(new Editor(m));
  const samples = Array.from({ length: count }, (_, seed) => makeInputs(m, new Map([['N', 3]]), { seed }));
  const statistics = calibrate(m, samples, collectConstraints(m, onnxruntimeCpu).table.values());
  return { model: m, target: onnxruntimeCpu, statistics, samples };
}

/** Each layer by a run of the whole model, on as many samples as it was measured on. */
function byWholeRuns(subject: Case, found: readonly LayerError[]): readonly LayerError[] {
  const outputs = new OutputErrors(subject.model, subject.samples);
  const { collected, classes } = settle(subject.model, subject.target, subject.statistics);
  return found.map(({ layer, samples }) => {
    const sums = new OutputSums();
    const alone = { ...collected, quantized: layer.nodes };
    countErrors(subject, alone, classes, outputs, sums, { run: { range: { from: 0, to: samples } } });
    return { layer, samples, ...sums.worst() };
  });
}

const names = (errors: readonly LayerError[]): readonly string[] => errors.map(({ layer }) => layer.name);

/** Twelve products, each with its own weights, and a residual around every one of them. */
const deep =
  `(float[N,6] x) => (float[N,6] y, float[N,6] early) <${Array.from({ length: 12 }, (_, i) => weight(`w${i}`, [6, 6])).join()}>` +
  ` { ${Array.from({ length: 12 }, (_, i) => {
    const from = i === 0 ? 'x' : `r${i - 1}`;
    return `m${i} = MatMul (${from}, w${i}) a${i} = Add (m${i}, ${from}) r${i} = Relu (a${i})`;
  }).join(' ')} early = Neg (r2) y = Tanh (r11) }`;

/** Sizes that are computed, a branch that reads a value from before, and an output in the middle. */
const wired =
  `(float[N,6] x, bool c) => (float[N,6] y, float[N,6] mid)` +
  ` <${weight('u', [6, 6])}, ${weight('v', [6, 6])}, ${weight('w', [6, 6])}, ${weight('z', [6, 6])}, ${ints('flat', -1)}, ${ints('zero', 0)}>` +
  ' { a = MatMul (x, u) s = Shape (a) line = Reshape (a, flat) b = Neg (line) back = Reshape (b, s)' +
  ' mid = MatMul (back, v)' +
  ' e = If (c) <then_branch = t () => (float[N,6] p) { q = MatMul (mid, w) p = Add (q, a) },' +
  '   else_branch = f () => (float[N,6] n) { n = Neg (a) }>' +
  ' best = ArgMax <axis = 1, keepdims = 0> (a) row = Gather <axis = 0> (z, best) g = MatMul (e, z) y = Add (g, row) }';

test.each([
  ['a deep chain', deep],
  ['computed sizes, branches and indices', wired],
])('a layer by what is behind it is a layer by the whole model: %s', (_, text) => {
  const subject = caseOf(text, 6);
  const before = printModel(subject.model);
  const found = layerErrors(subject, subject.samples);
  expect(found.length).toBeGreaterThan(3);
  expect(byWholeRuns(subject, found)).toEqual(found);
  expect(printModel(subject.model)).toBe(before);
});

test('samples are spent on the layers that cost most', () => {
  const subject = caseOf(deep, 11);
  const found = layerErrors(subject, subject.samples);
  expect(found.length).toBe(24);
  const samples = found.map((e) => e.samples);
  expect(samples).toEqual(samples.toSorted((a, b) => b - a));
  expect(new Set(samples)).toEqual(new Set([11, 4, 2]));
  expect(samples.filter((n) => n === 11).length).toBe(8);
  // Within a round, the noise decides.
  for (const [i, e] of found.entries()) {
    const next = found[i + 1];
    if (next?.samples === e.samples) expect(next.noiseToSignal).toBeLessThanOrEqual(e.noiseToSignal);
  }
});

test('the order of nodes makes no difference', () => {
  const subject = caseOf(deep, 5);
  const other = caseOf(deep, 5, shuffleNodes);
  const [a, b] = [subject, other].map((s) => layerErrors(s, s.samples));
  expect(b?.map(({ layer, ...e }) => [layer.name, e])).toEqual(a?.map(({ layer, ...e }) => [layer.name, e]));
});

test('one sample is enough, and none gives no errors', () => {
  const subject = caseOf(deep, 1);
  expect(new Set(layerErrors(subject, subject.samples).map((e) => e.samples))).toEqual(new Set([1]));
  const none = layerErrors(subject, []);
  expect([none.length, Math.max(...none.map((e) => e.noiseToSignal))]).toEqual([24, 0]);
});

test('a graph is cut only where there is room for what is live', () => {
  const { model: m, samples } = caseOf(deep, 2);
  const outputs = new OutputErrors(m, samples);
  const [place] = [...m.graph.nodes()].filter((node) => node.outputs[0]?.name === 'm5');
  const bytesOfOne = 3 * 6 * 4;
  for (const [room, expected] of [
    // `early`, which reads `r2`, is behind the place as well.
    [2 * 2 * bytesOfOne, ['r2', 'r4']],
    [2 * 2 * bytesOfOne - 1, []],
  ] as const) {
    const prefix = new FloatPrefix(m, outputs, { from: 0, to: 2 }, room);
    if (place) prefix.moveTo(place);
    expect([...prefix.feedsOf(1).keys()].sort(), `${room}`).toEqual(expected);
  }
});

test('what is the same in all samples is known before a run', () => {
  const { model: m, samples } = caseOf(wired, 2);
  const outputs = new OutputErrors(m, samples);
  const [place] = [...m.graph.nodes()].filter((node) => node.outputs[0]?.name === 'back');
  const prefix = new FloatPrefix(m, outputs, { from: 0, to: 2 });
  if (place) prefix.moveTo(place);
  expect([...prefix.valuesOf(0).keys()].sort()).toEqual(['a', 'b', 's']);
  expect([...prefix.feedsOf(0).keys()].sort()).toEqual(['a', 'b']);
  const editor = new Editor(m);
  editor.begin();
  prefix.cut(editor);
  expect([...m.graph.nodes()][0]?.outputs[0]?.name).toBe('back');
  expect(m.graph.inputs.map((v) => v.name)).toEqual(['x', 'c', 'a', 'b']);
  editor.rollback();
});

test('layers are the same, whichever samples there are', () => {
  const subject = caseOf(wired, 3);
  const { collected } = settle(subject.model, subject.target, subject.statistics);
  const layers = quantizedLayers(collected, subject.target).map((l) => l.name);
  expect(names(layerErrors(subject, subject.samples)).toSorted()).toEqual(layers.toSorted());
});
