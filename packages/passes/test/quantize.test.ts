import {
  decodeModel,
  Editor,
  encodeModel,
  inferModel,
  type Model,
  type Node,
  printModel,
  verifyModel,
} from '@refold/ir';
import { checkEquivalent, createSession, makeInputs } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { onnxruntimeCpu, quantizeModel, raiseOpset, targets } from '../src/index.ts';
import { generateModel } from '../src/testing/index.ts';

const decisions = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 10, maxLength: 120, size: 'max' });
const RUNS = Number(process.env.REFOLD_PROPERTY_RUNS ?? 60);
const SEED = Number(process.env.REFOLD_PROPERTY_SEED ?? 7);

function reread(model: Model): Model {
  return decodeModel(encodeModel(model));
}

const signature = (m: Model): unknown =>
  [m.graph.inputs, m.graph.outputs].map((list) => list.map((v) => [v.name, v.type ?? v.declared]));

/** Whether codes become numbers and at once the same codes again. */
function isIdle(node: Node): boolean {
  const before = node.is('QuantizeLinear') ? node.inputs[0]?.producer : undefined;
  if (!before?.is('DequantizeLinear')) return false;
  return before.inputs[1] === node.inputs[1] && before.inputs[2] === node.inputs[2];
}

function count(model: Model, test: (node: Node) => boolean): number {
  return [...model.graph.nodes()].filter(test).length;
}

function scalesOf(model: Model): ReadonlySet<string | undefined> {
  const found = [...model.graph.nodes()].filter((n) => n.is('QuantizeLinear'));
  return new Set(found.map((n) => n.inputs[1]?.name));
}

test('any model stays valid and runs, keeps its signature, and a second run adds nothing (P3, P5, P10, P12)', () => {
  let written = 0;
  fc.assert(
    fc.property(decisions, fc.nat({ max: targets.length - 1 }), (numbers, which) => {
      const target = targets[which] ?? onnxruntimeCpu;
      const original = reread(generateModel(numbers));
      if (checkEquivalent(original, original, { sets: 1 }).verdict !== 'equal') return;
      inferModel(new Editor(original));
      const model = reread(original);
      const editor = new Editor(model);
      inferModel(editor);
      if ((model.opsets.get('') ?? 0) < 21) raiseOpset(editor, 21);
      const samples = [1, 2].map((seed) => makeInputs(model, undefined, { seed }));
      const { emission, classes } = quantizeModel(model, target, samples);
      written += emission.values;
      const text = printModel(model);
      expect(
        verifyModel(model).map((f) => f.message),
        text,
      ).toEqual([]);
      expect(signature(model)).toEqual(signature(original));
      createSession(reread(model)).run(samples[0] ?? new Map());
      // Some models have codes of their own, which are left alone.
      expect(count(model, isIdle), text).toBe(count(original, isIdle));
      expect(scalesOf(model).size, text).toBeLessThanOrEqual(
        scalesOf(original).size + classes.classes.length,
      );
      quantizeModel(model, target, samples);
      expect(printModel(model)).toBe(text);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(written).toBeGreaterThan(RUNS);
});
