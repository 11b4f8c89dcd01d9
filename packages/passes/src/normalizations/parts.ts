import type { Value } from '@refold/ir';
import { type ConstRef, constant, op, type Pat, product, sum, value } from '@refold/matcher';
import { upToFloat32 } from '../support/float-types.ts';

/** A pattern over the operand of a normalization. */
export type OfX = Pat<{ readonly x: Value }>;

/** What the statistics of a normalization capture. */
export interface Statistics {
  readonly x: Value;
  /** The trailing axes that are normalized together. */
  readonly axes: readonly number[];
  readonly epsilon: ConstRef;
}

// Statistics of the operators are float32 unless asked otherwise, so float64 keeps its parts.
/** The operand. */
export const x: OfX = value('x', { dtype: upToFloat32 });

/** The operand in float32, of a type with fewer bits. */
export const widened: OfX = op('Cast', [value('x', { dtype: ['float16', 'bfloat16'] })], {
  params: { to: 'float32' },
});

/** Keeps the root of the mean square off zero. */
export const epsilon: Pat<{ readonly epsilon: ConstRef }> = constant('epsilon', {
  dtype: 'float',
  splat: true,
});

/** The mean over axes of a kind, which stay as axes of size 1. */
export function meanOf(
  of: OfX,
  axes: 'trailing' | 'spatial' = 'trailing',
): Pat<{ readonly x: Value; readonly axes: readonly number[] }> {
  return op('ReduceMean', [of], { params: { axes: { axes, capture: 'axes' }, keepdims: true } });
}

/** x - mean(x). */
export function centred(of: OfX, axes: 'trailing' | 'spatial' = 'trailing'): OfX {
  return sum([of, op('Neg', [meanOf(of, axes)])]);
}

/** 1 / sqrt(mean(of^2) + epsilon). */
export function inverseRoot(of: OfX, axes: 'trailing' | 'spatial' = 'trailing'): Pat<Statistics> {
  return op('Reciprocal', [op('Sqrt', [sum([meanOf(product([of, of]), axes), epsilon])])]);
}
