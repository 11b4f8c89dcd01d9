import { isFloat, isInteger } from '@refold/ir';
import { type NdArray, reals } from '@refold/runtime';
import type { Disagreement } from './disagreement.ts';

// What explanations ask of a disagreement.

/** All float operands. */
export const floatsOf = (d: Disagreement): readonly NdArray[] =>
  d.inputs.filter((x): x is NdArray => x?.kind === 'tensor' && isFloat(x.dtype));

function some(d: Disagreement, test: (x: number) => boolean): boolean {
  return floatsOf(d).some((array) => Array.from(reals(array)).some(test));
}

export const readsNaN = (d: Disagreement): boolean => some(d, Number.isNaN);

export const readsNonFinite = (d: Disagreement): boolean => some(d, (x) => !Number.isFinite(x));

/** Numbers whose squares leave the range of float32, or vanish there. */
export const squaresLeaveRange = (d: Disagreement): boolean =>
  some(d, (x) => x !== 0 && (Math.abs(x) > 2 ** 62 || Math.abs(x) < 2 ** -62));

/** The largest finite magnitude among the float operands. */
export function largestRead(d: Disagreement): number {
  const magnitudes = floatsOf(d).flatMap((array) => Array.from(reals(array), Math.abs));
  return magnitudes.filter(Number.isFinite).reduce((most, x) => Math.max(most, x), 0);
}

export const readsAbove = (d: Disagreement, limit: number): boolean => some(d, (x) => Math.abs(x) > limit);

/** The type of our result, if that is a tensor. */
const dtypeOf = (d: Disagreement): string | undefined =>
  d.ours?.kind === 'tensor' ? d.ours.dtype : undefined;

export const isDouble = (d: Disagreement): boolean => dtypeOf(d) === 'float64';

export const isIntegerResult = (d: Disagreement): boolean =>
  d.ours?.kind === 'tensor' && isInteger(d.ours.dtype);

/** Whether every element that differs passes a test. There must be one: shapes and types are another matter. */
export function allDiffering(d: Disagreement, test: (ours: number, theirs: number) => boolean): boolean {
  return d.elements.length > 0 && d.elements.every((e) => test(Number(e.ours), Number(e.theirs)));
}

/** How far two numbers lie apart, as a share of the larger one. */
export const apart = (a: number, b: number): number => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));

/** Whether what differs is small beside the largest finite element of the result. */
export function smallBesideLargest(d: Disagreement, share: number): boolean {
  if (d.ours?.kind !== 'tensor') return false;
  const largest = Math.max(0, ...Array.from(reals(d.ours), Math.abs).filter(Number.isFinite));
  return allDiffering(d, (a, b) => Math.abs(a - b) <= share * largest);
}
