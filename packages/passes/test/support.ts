import { Editor, inferModel, type Model, parseModel, printNode, verifyModel } from '@refold/ir';
import { checkEquivalent } from '@refold/runtime';
import { expect } from 'vitest';
import { type Pass, type RunOptions, type RunReport, runPasses } from '../src/index.ts';

export interface Setting extends RunOptions {
  /** Version of the standard opset; 18 when absent. */
  readonly opset?: number;
  /** Other opset imports, as `, "local" : 1`. */
  readonly domains?: string;
  /** Functions, in textual syntax. */
  readonly functions?: string;
  /** Version of the IR; 10 when absent. */
  readonly ir?: number;
  /** Sizes of inputs to check with, where names or unknown sizes must not be drawn. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

/** A model in textual syntax; `text` is the graph without its name, as `(float[2] x) => (float[2] y) { ... }`. */
export function model(text: string, setting: Setting = {}): Model {
  const { opset = 18, domains = '', functions = '', ir = 10 } = setting;
  return parseModel(`<ir_version: ${ir}, opset_import: ["" : ${opset}${domains}]> g ${text}\n${functions}`);
}

/** An initializer with seeded numbers between -1 and 1, as text: `float[4, 3] w = {...}`. */
export function weight(name: string, dims: readonly number[], dtype = 'float'): string {
  return constant(name, dims, drawn(name, dims, -1, 1), dtype);
}

/** The same between 1/2 and 3/2, for variances and divisors. */
export function positive(name: string, dims: readonly number[], dtype = 'float'): string {
  return constant(name, dims, drawn(name, dims, 0.5, 1.5), dtype);
}

/** An initializer with given elements, as text. */
export function constant(
  name: string,
  dims: readonly number[],
  values: readonly (number | string)[],
  dtype = 'float',
): string {
  return `${dtype}${dims.length === 0 ? '' : `[${dims.join()}]`} ${name} = {${values.join()}}`;
}

/** An int64 vector as an initializer, as text. */
export function ints(name: string, ...values: readonly number[]): string {
  return constant(name, [values.length], values, 'int64');
}

/** Numbers of a linear congruential generator that starts from the name. */
function drawn(name: string, dims: readonly number[], low: number, high: number): readonly number[] {
  let state = 1;
  for (const c of name) state = (Math.imul(state, 31) + c.charCodeAt(0)) >>> 0;
  return Array.from({ length: dims.reduce((a, d) => a * d, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Number((low + ((high - low) * state) / 2 ** 32).toFixed(4));
  });
}

/** What passes made of a model. */
export interface Outcome {
  readonly before: Model;
  readonly after: Model;
  readonly report: RunReport;
  /** Number of changes by all passes. */
  readonly changes: number;
}

/** Runs passes on a model in textual syntax. The result must be valid. */
export function run(passes: Pass | readonly Pass[], text: string, setting: Setting = {}): Outcome {
  const before = model(text, setting);
  inferModel(new Editor(before));
  const after = model(text, setting);
  const list = 'kind' in passes ? [passes] : passes;
  const report = runPasses(new Editor(after), list, { ...setting, reasons: true });
  expect(report.passes.flatMap((p) => (p.error === undefined ? [] : [`${p.name}: ${p.error}`]))).toEqual([]);
  expect(verifyModel(after).map((f) => f.message)).toEqual(verifyModel(before).map((f) => f.message));
  // A rule that makes an operator which it does not declare is a mistake of the rule.
  expect(report.passes.filter((p) => 'emission-not-declared' in p.refusals).map((p) => p.name)).toEqual([]);
  return { before, after, report, changes: report.passes.reduce((sum, p) => sum + p.changes, 0) };
}

/** The nodes of the main graph, each on a line of its own, nested graphs included. */
export function nodes(m: Model): string {
  return [...m.graph.nodes()].map((node) => oneLine(printNode(node))).join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Fails unless both models have one interface and give the same results on several seeded input sets. */
export function expectEqual({ before, after }: Outcome, setting: Setting = {}): void {
  const { shapes } = setting;
  const checked = checkEquivalent(before, after, { sets: 4, ...(shapes ? { shapes } : {}) });
  expect(checked.differences).toEqual([]);
  expect(checked.verdict, checked.notes.join('\n')).toBe('equal');
}

/** Passes turn the model into these nodes, and it computes the same as before. */
export function expectNodes(
  passes: Pass | readonly Pass[],
  text: string,
  expected: string | readonly string[],
  setting: Setting = {},
): Outcome {
  const outcome = run(passes, text, setting);
  expect(nodes(outcome.after)).toBe(typeof expected === 'string' ? expected : expected.join('\n'));
  expectEqual(outcome, setting);
  // Another run finds nothing more to do.
  const again = runPasses(new Editor(outcome.after), 'kind' in passes ? [passes] : passes, setting);
  expect(again.passes.filter((p) => p.changes > 0).map((p) => p.name)).toEqual([]);
  return outcome;
}

/** Passes find nothing to do. `reason`, where given, must be among the reasons that they report. */
export function expectUnchanged(
  passes: Pass | readonly Pass[],
  text: string,
  setting: Setting & { readonly reason?: string } = {},
): void {
  const { after, before, report, changes } = run(passes, text, setting);
  expect(nodes(after)).toBe(nodes(before));
  expect(changes).toBe(0);
  if (setting.reason !== undefined) {
    expect(report.passes.flatMap((p) => Object.keys(p.refusals))).toContain(setting.reason);
  }
}
