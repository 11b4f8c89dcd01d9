import { readFileSync } from 'node:fs';
import { decodeModel, Editor, encodeModel, inferModel, type Model, verifyModel } from '@refold/ir';
import { bindingsFor, createSession, type Feeds, makeInputs } from '@refold/runtime';
import { expect, test } from 'vitest';
import { checkTarget, minMax, quantizePostTraining, type Target, targets } from '../src/index.ts';
import { shuffleNodes } from './shuffle-nodes.ts';

// What must hold of quantizing any model; `npm run bench -- quantization` asks it of all that there are.
const read = (name: string): Uint8Array =>
  readFileSync(new URL(`../../../examples/${name}.onnx`, import.meta.url));

function inferred(bytes: Uint8Array): Model {
  const model = decodeModel(bytes);
  inferModel(new Editor(model));
  return model;
}

const signature = (m: Model): unknown =>
  [m.graph.inputs, m.graph.outputs].map((list) => list.map((v) => [v.name, v.type]));

/** Scale and zero point of each value that goes through codes. */
function scalesOf(model: Model): readonly string[] {
  return [...model.graph.nodes()]
    .filter((node) => node.is('QuantizeLinear'))
    .map((node) => [node.inputs[0]?.name, ...node.inputs.slice(1).map((v) => v?.tensor?.bytes())].join())
    .sort();
}

async function quantized(
  bytes: Uint8Array,
  target: Target,
  samples: readonly Feeds[],
  change = (_: Model) => {},
) {
  const model = decodeModel(bytes);
  change(model);
  const { report } = await quantizePostTraining(model, { target, samples, observer: minMax });
  return { model, written: report.written.values + report.written.constants };
}

const cases = ['small_cnn', 'tiny_transformer'].flatMap((name) =>
  targets.map((target) => [name, target.name, target] as const),
);

test.each(cases)('%s for %s: signature, order of nodes, second run, no islands', async (name, _, target) => {
  const bytes = read(name);
  const original = inferred(bytes);
  const [binding] = bindingsFor(original);
  const samples = [1, 2].map((seed) => makeInputs(original, binding, { seed }));
  const { model, written } = await quantized(bytes, target, samples);
  expect(written).toBeGreaterThan(4);
  const file = encodeModel(model);
  const reread = inferred(file);
  expect(verifyModel(reread)).toEqual([]);
  expect(signature(reread)).toEqual(signature(original));
  createSession(reread).run(samples[0] ?? new Map());
  const other = await quantized(bytes, target, samples, shuffleNodes);
  expect(scalesOf(other.model)).toEqual(scalesOf(model));
  const again = await quantized(file, target, samples);
  expect([again.written, scalesOf(again.model)]).toEqual([0, scalesOf(model)]);
  if (target.name === 'integer-only') expect(checkTarget(reread, target).map((b) => b.message)).toEqual([]);
});
