import { Editor, inferModel, type Model, printModel } from '@refold/ir';
import { type Feeds, makeInputs } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { constant, model, weight } from '../../../test/support.ts';
import { collectConstraints } from '../constraints/collect.ts';
import { quantizeModel } from '../quantize.ts';
import { calibrate } from '../statistics/calibrate.ts';
import { integerOnly, onnxruntimeCpu, type Target } from '../targets/index.ts';
import { classErrors } from './class-errors.ts';
import type { Subject } from './count-errors.ts';
import { ErrorSums } from './error-sums.ts';
import { GraphErrors } from './graph-errors.ts';
import { keepListFor } from './keep-list.ts';
import { layerErrors } from './layer-errors.ts';

function inferred(text: string): Model {
  const m = model(text, { opset: 21 });
  inferModel(new Editor(m));
  return m;
}

function samplesOf(m: Model): readonly Feeds[] {
  return [1, 2, 3].map((seed) => makeInputs(m, undefined, { seed }));
}

function subjectOf(text: string, target: Target): Subject & { readonly samples: readonly Feeds[] } {
  const m = inferred(text);
  const samples = samplesOf(m);
  const statistics = calibrate(m, samples, collectConstraints(m, target).table.values());
  return { model: m, target, statistics, samples };
}

/** One layer has weights that 8 bits cannot hold: one of them is a thousand times the others. */
const bad = constant(
  'bad',
  [8, 8],
  Array.from({ length: 64 }, (_, i) => (i === 0 ? 1000 : Math.sin(i) / 3)),
);
const net =
  `(float[4,8] x) => (float[4,8] y) <${weight('u', [8, 8])}, ${bad}, ${weight('w', [8, 8])}, ${constant('k', [8], [0, 1, 1, 1, 1, 1, 1, 1])}>` +
  ' { a = MatMul (x, u) r = Relu (a) m = Mul (r, k) b = MatMul (m, bad) s = Relu (b) y = MatMul (s, w) }';

const perTensor: Target = {
  ...onnxruntimeCpu,
  weights: { ...onnxruntimeCpu.weights, perChannel: false },
};

test('layer-wise errors name the layer that causes them, and leave the model as it is', () => {
  const subject = subjectOf(net, perTensor);
  const text = printModel(subject.model);
  const errors = layerErrors(subject, subject.samples);
  expect(printModel(subject.model)).toBe(text);
  expect(errors.map((e) => e.layer.name).toSorted()).toEqual(['a', 'b', 'm', 'y']);
  expect(errors[0]?.layer.name).toBe('b');
  expect([...(errors[0]?.layer.nodes ?? [])].map((n) => n.opType)).toEqual(['MatMul', 'Relu']);
  expect(errors[0]?.noiseToSignal).toBeGreaterThan(10 * (errors[1]?.noiseToSignal ?? 1));
});

test('the keep-list has as few layers as the budget allows', () => {
  const subject = subjectOf(net, perTensor);
  const text = printModel(subject.model);
  const kept = keepListFor(subject, subject.samples, 1e-2);
  expect(kept.layers.map((l) => l.name)).toEqual(['b']);
  expect(kept.before).toBeGreaterThan(1e-2);
  expect(kept.after).toBeLessThanOrEqual(1e-2);
  expect(kept.met).toBe(true);
  expect(printModel(subject.model)).toBe(text);
  expect(keepListFor(subject, subject.samples, 10).layers).toEqual([]);
  const all = keepListFor(subject, subject.samples, 0);
  // Nothing is left to round when nothing is left of what is worth codes.
  expect([all.after, all.met]).toEqual([0, true]);
  expect(all.layers.length).toBeGreaterThan(2);
});

test('a layer that gains much by codes is kept in floats later', () => {
  const subject = subjectOf(net, perTensor);
  const errors = layerErrors(subject, subject.samples);
  const kept = keepListFor(subject, subject.samples, 1e-2, {
    errors,
    gain: (layer) => (layer.name === 'b' ? 1e9 : 1),
  });
  expect(kept.layers.map((l) => l.name).at(-1)).toBe('b');
  expect(kept.layers.length).toBe(errors.length);
});

test('graph-wise errors show where noise comes in, and are those of the outputs', () => {
  const [float, quantized] = [inferred(net), inferred(net)];
  const samples = samplesOf(float);
  quantizeModel(quantized, perTensor, samples);
  const errors = new GraphErrors(float, quantized);
  for (const feeds of samples) errors.add(feeds);
  const list = errors.errors();
  expect(list.map((e) => e.value)).toEqual(['x', 'a', 'r', 'm', 'b', 's', 'y']);
  const worst = list.toSorted((p, q) => q.added - p.added)[0];
  expect(worst?.value).toBe('b');
  expect(errors.ranked()[0]?.noiseToSignal).toBe(Math.max(...list.map((e) => e.noiseToSignal)));
  for (const e of list) expect(e.worst).toBeGreaterThanOrEqual(e.noiseToSignal * 0.999);
});

test('a dead branch is seen by member and by channel, where the tensor as a whole looks perfect (E1)', () => {
  const text =
    `(float[1,2,8,8] x) => (float[1,4,8,8] y) <${constant('k', [1, 2, 1, 1], [0.001, 0.001])}>` +
    ' { a = Mul (x, k) y = Concat <axis = 1> (a, x) }';
  const [float, quantized] = [inferred(text), inferred(text)];
  const samples = samplesOf(float);
  const { classes } = quantizeModel(quantized, integerOnly, samples);
  const errors = new GraphErrors(float, quantized);
  for (const feeds of samples) errors.add(feeds);
  const ranked = classErrors(classes, errors.errors());
  const y = ranked.flatMap((c) => c.members).find((m) => m.member.value === 'y');
  const a = ranked.flatMap((c) => c.members).find((m) => m.member.value === 'a');
  expect(y?.measured?.cosine).toBeGreaterThan(0.9999);
  expect(y?.worstChannel?.metrics.noiseToSignal).toBe(1);
  expect([0, 1]).toContain(y?.worstChannel?.channel);
  expect(a?.measured?.noiseToSignal).toBe(1);
  expect(ranked[0]?.members.map((m) => m.member.value)).toContain('a');
  expect(ranked[0]?.rules.map((r) => r.rule)).toContain('Concat-inputs');
});

test('sums of parts are the sums of the whole', () => {
  const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
    minLength: 2,
    maxLength: 40,
  });
  fc.assert(
    fc.property(numbers, fc.nat(), (values, cut) => {
      const rounded = values.map(Math.round);
      const at = cut % values.length;
      const [whole, parts, tail] = [new ErrorSums(), new ErrorSums(), new ErrorSums()];
      whole.add(values, rounded);
      parts.add(values, rounded, 0, at);
      tail.add(values, rounded, at);
      parts.include(tail);
      const [a, b] = [whole.metrics(), parts.metrics()];
      expect(b.maxAbs).toBe(a.maxAbs);
      for (const key of ['noiseToSignal', 'cosine', 'meanSquared'] as const) {
        if (Number.isFinite(a[key])) expect(b[key]).toBeCloseTo(a[key], 6);
        else expect(b[key]).toBe(a[key]);
      }
      expect(b.worst).toBeGreaterThanOrEqual(a.noiseToSignal * 0.999_999);
    }),
  );
});

test('noise without any signal is infinite, nothing without any signal is perfect', () => {
  const sums = new ErrorSums();
  sums.add([0, 0], [0, 0]);
  expect(sums.metrics()).toMatchObject({ noiseToSignal: 0, cosine: 1, maxAbs: 0 });
  sums.add([0], [1e-9]);
  expect(sums.metrics().noiseToSignal).toBe(Number.POSITIVE_INFINITY);
});
