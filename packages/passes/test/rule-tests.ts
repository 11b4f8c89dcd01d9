import { Editor } from '@refold/ir';
import { compareValues, createSession, fromReals } from '@refold/runtime';
import { expect } from 'vitest';
import { type Pass, runPasses } from '../src/index.ts';
import { type Frame, graphOf } from './formula.ts';
import { expectNodes, expectUnchanged, model, type Setting } from './support.ts';

/** A frame for formulas, and how to run passes on them. */
export type Case = Frame & Setting;

/** Each of the formulas becomes the same nodes, and computes the same as before. */
export function expectFolds(
  pass: Pass,
  formulas: readonly string[],
  expected: string | readonly string[],
  of: Case = {},
): void {
  for (const text of formulas) expectNodes(pass, graphOf(text, of), expected, of);
}

/** None of the formulas is touched. */
export function expectStays(
  pass: Pass,
  formulas: readonly string[],
  of: Case & { readonly reason?: string } = {},
): void {
  for (const text of formulas) expectUnchanged(pass, graphOf(text, of), of);
}

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const specials = [nan, inf, -inf, 0, -0, 1e30, -1e30, 100, -100, 3, -3, 1, -1, 0.5, -0.5, 0.25];

/** The formula of `x` gives what it gave before on NaN, infinities, zeros and large numbers too. */
export function expectSameOnSpecials(pass: Pass, formula: string, of: Case = {}): void {
  const text = graphOf(formula, { dims: String(specials.length), ...of });
  const [before, after] = [model(text, of), model(text, of)];
  const report = runPasses(new Editor(after), [pass], { ...of, reasons: true });
  expect(report.passes.map((p) => p.changes)).toEqual([1]);
  const x = fromReals('float32', [specials.length], specials);
  const results = [before, after].map((m) => createSession(m).run({ x }).get('y'));
  const [want, got] = results;
  if (!want || !got) throw new Error('the models have no result');
  // As if the largest were 1, or nothing else would count.
  expect(compareValues(want, got, { share: 0, relative: 1e-6 })?.message).toBeUndefined();
}
