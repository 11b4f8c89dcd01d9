import {
  decodeModel,
  Editor,
  encodeModel,
  type Model,
  newestOpset,
  printModel,
  schemaOf,
  verifyModel,
} from '@refold/ir';
import { checkEquivalent } from '@refold/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Case, findCases } from '../../runtime/test/conformance/archive.ts';
import { readKnownFailures } from '../../runtime/test/conformance/known-failures.ts';
import { modelOf, runCase } from '../../runtime/test/conformance/run-case.ts';
import { raiseOpset } from '../src/index.ts';
import { generateModel } from '../src/testing/index.ts';

const decisions = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 10, maxLength: 240, size: 'max' });

/** More runs, and other ones, for those who have the time. */
const RUNS = Math.ceil(Number(process.env.REFOLD_PROPERTY_RUNS ?? 300) / 5);
const SEED = Number(process.env.REFOLD_PROPERTY_SEED ?? 7);

const reread = (model: Model): Model => decodeModel(encodeModel(model));

test('generated models compute the same at every newer opset, reached at once or step by step', () => {
  fc.assert(
    fc.property(decisions, (numbers) => {
      const original = reread(generateModel(numbers));
      const steps = reread(original);
      const editor = new Editor(steps);
      const from = original.opsets.get('') ?? 0;
      for (let opset = from; opset <= newestOpset(); opset += 1) {
        raiseOpset(editor, opset);
        expect(verifyModel(steps).map((f) => f.message)).toEqual([]);
      }
      const once = reread(original);
      raiseOpset(new Editor(once), 'latest');
      for (const result of [steps, once]) {
        const checked = checkEquivalent(original, reread(result), { sets: 1 });
        expect(
          checked.differences.map((d) => d.message),
          printModel(original),
        ).toEqual([]);
        expect(checked.verdict).toBe('equal');
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

const found = findCases();
const failing = readKnownFailures();
const cases: readonly Case[] =
  typeof found === 'string'
    ? []
    : found.filter(({ name }) => !failing.has(name) && /^(node|simple|pytorch)/.test(name));
if (typeof found === 'string') console.warn(`conformance cases at newer opsets are skipped: ${found}`);

/** Whether an operator of the model has another version in a newer opset. */
function changes(model: Model, from: number, to: number): boolean {
  for (const graph of model.graphs()) {
    for (const { domain, opType } of graph.nodes()) {
      if (domain === '' && schemaOf('', opType, from)?.since !== schemaOf('', opType, to)?.since) return true;
    }
  }
  return false;
}

describe.skipIf(typeof found === 'string')(
  "ONNX's own cases give the same results at newer opsets (needs ../shared)",
  () => {
    test.each([21, newestOpset()])('opset %i', (to) => {
      const wrong: string[] = [];
      let ran = 0;
      for (const one of cases) {
        const model = modelOf(one);
        const from = model.opsets.get('');
        if (from === undefined || from < 6 || from >= to || !changes(model, from, to)) continue;
        ran += 1;
        try {
          raiseOpset(new Editor(model), to);
          const result = reread(model);
          wrong.push(...verifyModel(result).map((f) => `${one.name}: ${f.message}`));
          runCase(one, result);
        } catch (error) {
          wrong.push(`${one.name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(ran).toBeGreaterThan(300);
    });
  },
);
