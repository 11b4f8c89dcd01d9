import { decodeModel, Editor, encodeModel, type Model, printModel, verifyModel } from '@refold/ir';
import { checkEquivalent } from '@refold/runtime';
import { expect } from 'vitest';
import { raiseOpset } from '../src/index.ts';
import { model, nodes, type Setting } from './support.ts';

/** A model in textual syntax at an opset, before and after it was raised to another one. */
export interface Raised {
  readonly before: Model;
  readonly after: Model;
}

/** Raises a model. The result must be valid, survive being written, and compute the same. */
export function raised(text: string, from: number, to: number, setting: Setting = {}): Raised {
  const ir = from < 9 ? 3 : 8;
  const make = () => model(text, { ir, ...setting, opset: from });
  const before = make();
  const changed = make();
  raiseOpset(new Editor(changed), to);
  const after = decodeModel(encodeModel(changed));
  expect(verifyModel(after).map((f) => f.message)).toEqual([]);
  expect(after.opsets.get('')).toBe(to);
  expectSame(before, after, setting);
  return { before, after };
}

export function expectSame(before: Model, after: Model, { shapes }: Setting = {}): void {
  const checked = checkEquivalent(before, after, { sets: 3, ...(shapes ? { shapes } : {}) });
  expect(checked.differences.map((d) => d.message)).toEqual([]);
  expect(checked.verdict, checked.notes.join('\n')).toBe('equal');
}

/** The nodes of the main graph after raising, one a line. */
export function raisedNodes(text: string, from: number, to: number, setting: Setting = {}): string[] {
  return nodes(raised(text, from, to, setting).after).split('\n');
}

/** Raising is refused with this reason, and the model stays as it was. */
export function expectRefused(
  text: string,
  from: number,
  to: number,
  reason: RegExp,
  setting: Setting = {},
): void {
  const m = model(text, { ir: from < 9 ? 3 : 8, ...setting, opset: from });
  const before = described(m);
  expect(() => raiseOpset(new Editor(m), to)).toThrow(reason);
  expect(described(m)).toBe(before);
}

/** A model as text, types included. The order of attributes means nothing. */
function described(m: Model): string {
  return printModel(m, { types: 'known' }).replace(/<[^<>]*>/g, (list) =>
    list
      .split(/[<,>]\s*/)
      .sort()
      .join(),
  );
}
