import { Editor, inferModel, type Model } from '@refold/ir';
import { createSession, type Feeds, makeInputs, reals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import { collectConstraints } from '../constraints/collect.ts';
import { emitQdq } from '../emit/emit.ts';
import { classesFor } from '../quantize.ts';
import { calibrate } from '../statistics/calibrate.ts';
import { onnxruntimeCpu, type Target } from '../targets/index.ts';
import { collectorFor, type RefineOptions, refineWeights } from './refine-weights.ts';

const target: Target = { ...onnxruntimeCpu, weights: { ...onnxruntimeCpu.weights, types: ['int4'] } };

/** What a layer sees behind a Relu has a mean, along which errors of weights add up. */
const text =
  `(float[64,8,6,6] x) => (float[64,4,6,6] y) <${weight('w', [4, 8, 3, 3])}>` +
  ' { r = Relu (x) y = Conv <pads = [1, 1, 1, 1]> (r, w) }';

function built(): Model {
  const m = model(text, { opset: 21 });
  inferModel(new Editor(m));
  return m;
}

function outputOf(m: Model, feeds: Feeds): Float64Array {
  const y = createSession(m).run(feeds).get('y');
  return y?.kind === 'tensor' ? Float64Array.from(reals(y)) : new Float64Array();
}

/** Mean of the squared error, and the largest mean error of a channel. */
function errorsWith(options: RefineOptions | undefined): readonly [squared: number, mean: number] {
  const m = built();
  const feeds = makeInputs(m, undefined, { seed: 5 });
  const exact = outputOf(m, feeds);
  const collected = collectConstraints(m, target);
  const statistics = calibrate(m, [feeds], collected.table.values());
  const classes = classesFor(collected, target, statistics);
  const editor = new Editor(m);
  if (options) {
    const collector = collectorFor(collected);
    createSession(m, { onNode: (event) => collector.see(event) }).run(feeds);
    const { codes, layers, biasesChanged } = refineWeights(editor, collected, classes, collector, options);
    expect(layers.map(({ layer }) => layer.weight.name)).toEqual(['w']);
    for (const { loss, nearestLoss } of layers) expect(loss).toBeLessThanOrEqual(nearestLoss);
    expect(biasesChanged).toBe(options.biasCorrection !== false);
    const again = collectConstraints(m, target);
    const seen = new Map([...calibrate(m, [], again.table.values()), ...statistics]);
    emitQdq(editor, again, classesFor(again, target, seen), codes);
  } else emitQdq(editor, collected, classes);
  const now = outputOf(m, feeds);
  let squared = 0;
  const means = [0, 0, 0, 0];
  exact.forEach((v, i) => {
    const c = Math.floor(i / 36) % 4;
    squared += (v - (now[i] ?? 0)) ** 2;
    means[c] = (means[c] ?? 0) + v - (now[i] ?? 0);
  });
  return [squared / exact.length, Math.max(...means.map(Math.abs)) / (exact.length / 4)];
}

test('chosen codes lose less than the nearest, and corrected biases move the mean less', () => {
  const [nearest, nearestMean] = errorsWith(undefined);
  const [rounded] = errorsWith({ biasCorrection: false });
  const [both, mean] = errorsWith({});
  expect(rounded).toBeLessThan(0.95 * nearest);
  expect(both).toBeLessThan(nearest);
  expect(mean).toBeLessThan(0.5 * nearestMean);
});
