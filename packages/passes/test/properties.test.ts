import { decodeModel, Editor, encodeModel, type Model, printModel, verifyModel } from '@refold/ir';
import { checkEquivalent } from '@refold/runtime';
import { expectEquivalent, graphs } from '@refold/runtime/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultPasses, runPasses } from '../src/index.ts';
import { generateModel } from '../src/testing/index.ts';

const decisions = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 10, maxLength: 240, size: 'max' });

/** More runs, and other ones, for those who have the time. */
const RUNS = Number(process.env.REFOLD_PROPERTY_RUNS ?? 300);
const SEED = Number(process.env.REFOLD_PROPERTY_SEED ?? 7);

/** A model as its file says it. */
function reread(model: Model): Model {
  return decodeModel(encodeModel(model));
}

test('generated models are valid and run', () => {
  let ran = 0;
  fc.assert(
    fc.property(decisions, (numbers) => {
      const model = reread(generateModel(numbers));
      expect(verifyModel(model).map((f) => f.message)).toEqual([]);
      if (checkEquivalent(model, model, { sets: 1 }).verdict === 'equal') ran += 1;
    }),
    { numRuns: 50, seed: 1 },
  );
  expect(ran).toBe(50);
});

test('the default passes keep what a model computes, settle, and always do the same', () => {
  fc.assert(
    fc.property(decisions, (numbers) => {
      const original = reread(generateModel(numbers));
      const result = reread(original);
      const report = runPasses(new Editor(result), defaultPasses);
      expect(report.passes.flatMap((p) => p.error ?? [])).toEqual([]);
      expect(report.stopped, printModel(original)).toBe('settled');
      expect(verifyModel(result).map((f) => f.message)).toEqual([]);

      const checked = checkEquivalent(original, result, { sets: 2 });
      expect(
        checked.differences.map((d) => d.message),
        printModel(original),
      ).toEqual([]);
      expect(checked.verdict).toBe('equal');

      const bytes = encodeModel(result);
      const again = decodeModel(bytes);
      const second = runPasses(new Editor(again), defaultPasses);
      expect(
        second.passes.filter((p) => p.changes > 0).map((p) => p.name),
        printModel(original),
      ).toEqual([]);

      const twin = reread(original);
      runPasses(new Editor(twin), defaultPasses);
      expect(Buffer.from(encodeModel(twin)).equals(bytes)).toBe(true);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

test('the default passes keep what models of any operators compute', () => {
  const models = graphs({ size: 10, styles: ['plain', 'normal'], zero: false });
  fc.assert(
    fc.property(models, ({ model, feeds }) => {
      const [original, result] = [reread(model), reread(model)];
      const report = runPasses(new Editor(result), defaultPasses);
      expect(report.passes.flatMap((p) => p.error ?? [])).toEqual([]);
      expect(report.stopped).toBe('settled');
      expect(verifyModel(result).map((f) => f.message)).toEqual([]);
      expectEquivalent(original, result, { given: [feeds] });
    }),
    { numRuns: Math.ceil(RUNS / 4), seed: SEED },
  );
});
