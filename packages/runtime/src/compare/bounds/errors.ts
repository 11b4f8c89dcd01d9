import { type DType, isFloat, type OpContext } from '@refold/ir';
import { floatLimits } from '../../inputs/float-limits.ts';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';

/**
 * How far each element of a computed tensor may lie from what exact arithmetic would give: nowhere, one
 * number an element (infinite where nothing is known), or nothing is known of any.
 */
export type Errors = Float64Array | 'none' | 'unknown';

/** A node that ran: what a `NodeEvent` tells of it. */
export interface EvaluatedNode {
  readonly op: OpContext;
  readonly inputs: readonly (NdValue | undefined)[];
  readonly outputs: readonly (NdValue | undefined)[];
  /** Which operands are constants that were computed and then rounded to their type. None when absent. */
  readonly rounded?: readonly boolean[] | undefined;
}

/**
 * The unit of arithmetic: that of float64, or of float32 for float32 and every smaller type, which engines
 * widen before they compute.
 */
export function computeUnit(dtype: DType): number {
  return floatLimits(dtype === 'float64' || dtype === 'complex128' ? 'float64' : 'float32').unit;
}

/** What storing adds: half the distance between neighbours, at `y`; nothing at an infinity, which equals itself. */
export function storeError(dtype: DType, y: number): number {
  if (!Number.isFinite(y)) return 0;
  const { unit, tiny } = floatLimits(dtype);
  return unit * Math.abs(y) + tiny / 2;
}

/**
 * The error of a sum of `terms` roundings in any order, relative to the sum of magnitudes:
 * k u / (1 - k u), infinite when that says nothing.
 */
export function gamma(terms: number, unit: number): number {
  const ku = terms * unit;
  return ku < 1 ? ku / (1 - ku) : Number.POSITIVE_INFINITY;
}

/** A tensor of real floats, or undefined. */
export function floatArray(value: NdValue | undefined): NdArray | undefined {
  return value?.kind === 'tensor' && isFloat(value.dtype) ? value : undefined;
}

/** The sum of two bounds. */
export function addErrors(a: Errors, b: Errors): Errors {
  if (a === 'none') return b;
  if (b === 'none') return a;
  if (a === 'unknown' || b === 'unknown' || a.length !== b.length) return 'unknown';
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i += 1) out[i] = (a[i] as number) + (b[i] as number);
  return out;
}
