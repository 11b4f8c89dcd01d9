import { Editor, inferModel, type Model, tensorInts, verifyModel } from '@refold/ir';
import { createSession, makeInputs } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import { OutputErrors } from '../analyse/output-errors.ts';
import { linearLayers } from '../layers/linear-layer.ts';
import { quantizeModel } from '../quantize.ts';
import { integerOnly, onnxruntimeCpu, type Target } from '../targets/index.ts';
import { GramCollector } from './gram.ts';
import { type RoundModelOptions, roundModel } from './round-model.ts';

const net =
  `(float[8,6,4,4] x) => (float[8,8,3,3] y, float[8,3,3,5] z) <${weight('w', [12, 6, 2, 2])}, ${weight('v', [8, 12, 1, 1])},` +
  ` ${weight('b', [8])}, ${weight('u', [12, 5])}, ${weight('k', [5])}> { p = Abs (x) c = Conv (p, w) r = Relu (c)` +
  ' y = Conv (r, v, b) f = Transpose <perm = [0, 2, 3, 1]> (r) m = MatMul (f, u) z = Add (m, k) }';

const fourBits: Target = { ...onnxruntimeCpu, weights: { ...onnxruntimeCpu.weights, types: ['int4'] } };

function inferred(): Model {
  const m = model(net, { opset: 21 });
  inferModel(new Editor(m));
  return m;
}

const samples = [1, 2, 3, 4].map((seed) => makeInputs(inferred(), undefined, { seed }));

function rounded(target: Target, options?: RoundModelOptions) {
  const m = inferred();
  const layers = linearLayers(m.graph.nodes());
  const grams = new GramCollector(layers);
  const session = createSession(m, { onNode: (event) => grams.see(event) });
  for (const feeds of samples) session.run(feeds);
  const report = roundModel(new Editor(m), target, (layer) => grams.of(layer), options);
  expect(verifyModel(m).map((f) => f.message)).toEqual([]);
  return { m, report };
}

/** Noise over signal of the outputs, with weights on codes and activations in floats. */
function loss(m: Model): number {
  const outputs = new OutputErrors(inferred(), samples);
  return outputs.of(m).noiseToSignal;
}

test('outputs move less than with the nearest codes, and less again with corrected biases', () => {
  const nearest = loss(rounded(fourBits, { method: 'descent', sweeps: 0, correctBiases: false }).m);
  const plain = rounded(fourBits, { correctBiases: false });
  const all = rounded(fourBits);
  expect(plain.report.loss).toBeLessThan(0.6 * plain.report.nearestLoss);
  expect(loss(plain.m)).toBeLessThan(0.8 * nearest);
  expect(loss(all.m)).toBeLessThan(0.6 * nearest);
  expect(all.report).toMatchObject({ layers: 3, biases: 3 });
});

test('whatever makes codes of rounded weights later makes the same codes, and loses nothing', () => {
  for (const target of [onnxruntimeCpu, fourBits, integerOnly]) {
    const { m } = rounded(target);
    const before = linearLayers(m.graph.nodes()).map(
      ({ tensor }) => new Float32Array(tensor.bytes().slice().buffer),
    );
    quantizeModel(m, target, samples);
    const layers = [...m.graph.nodes()].filter((n) => n.is('Conv') || n.is('MatMul'));
    layers.forEach((node, i) => {
      const [codes, scale] = node.inputs[1]?.producer?.inputs.map((v) => v?.tensor) ?? [];
      if (!codes || !scale) throw new Error('no codes');
      const scales = new Float32Array(scale.bytes().slice().buffer);
      const perChannel = node.is('Conv') ? codes.size / scales.length : 1;
      tensorInts(codes).forEach((q, k) => {
        const s = scales[Math.floor(k / perChannel) % scales.length] ?? 0;
        const w = before[i]?.[k] ?? 0;
        expect(Math.abs(Number(q) * s - w)).toBeLessThanOrEqual(Math.abs(w) * 2 ** -21);
      });
    });
  }
});

test('layers may be kept, and shared weights are left alone', () => {
  expect(rounded(onnxruntimeCpu, { keep: (node) => node.is('Conv') }).report.layers).toBe(1);
});
