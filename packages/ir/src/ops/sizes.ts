import { type Dim, dimName, freshDim, isAnonymous } from '../types/dim.ts';
import { subDims } from '../types/dim-arithmetic.ts';
import { dimRange, sameDim } from '../types/dim-bounds.ts';
import { type DType, isInteger } from '../types/dtype.ts';
import type { Shape } from '../types/shape.ts';
import { tensorType, type ValueType } from '../types/value-type.ts';
import type { OpContext } from './context.ts';

/** Shape data longer than this is not followed: longer integer tensors hold data, not sizes. */
export const MAX_CONTENTS = 64;

/** No tensor has more axes than this; a longer list of sizes is not believed and not built. */
const MAX_RANK = 1024;

/** A shape of which only the rank is known; undefined for a rank that no tensor has. */
export function freshShape(rank: Dim | undefined): Shape | undefined {
  if (typeof rank !== 'number' || !(rank >= 0 && rank <= MAX_RANK)) return undefined;
  return Array.from({ length: rank }, freshDim);
}

/** A tensor type as far as it is known; nothing without an element type. */
export function resultType(dtype: DType | undefined, shape?: Shape): ValueType | undefined {
  return dtype === undefined ? undefined : tensorType(dtype, shape);
}

/**
 * Elements of an integer operand of rank 0 or 1 that holds sizes, places or counts, symbolic ones included.
 * The extremes of int64 lose their last bits, which no size reaches.
 */
export function sizesOperand(ctx: OpContext, index: number): readonly Dim[] | undefined {
  return ctx.dims(index) ?? ctx.ints(index);
}

/** Number of elements of an operand of rank 0 or 1 (a list of axes or sizes), if known. */
export function operandLength(ctx: OpContext, index: number): number | undefined {
  const shape = ctx.shape(index);
  if (shape === undefined || shape.length > 1) return undefined;
  const length = shape[0] ?? 1;
  return typeof length === 'number' ? length : undefined;
}

/** The one element of an integer operand that is a scalar or has one element. */
export function sizeOperand(ctx: OpContext, index: number): Dim | undefined {
  const elements = sizesOperand(ctx, index);
  return elements?.length === 1 ? elements[0] : undefined;
}

/** An integer about which nothing is known, not even its sign: the difference of two sizes that nobody named. */
function unknownInteger(): Dim {
  return subDims(freshDim(), freshDim());
}

/**
 * Elements of an integer operand of rank 1 whose values are not known but whose number is, so that what
 * stands beside them in a list of sizes is not lost.
 */
export function unknownElements(ctx: OpContext, index: number): readonly Dim[] | undefined {
  const dtype = ctx.dtype(index);
  const length = operandLength(ctx, index);
  if (dtype === undefined || !isInteger(dtype) || length === undefined || length > MAX_CONTENTS)
    return undefined;
  return Array.from({ length }, unknownInteger);
}

/** Whether a symbolic integer is known to be a size: not negative for any sizes of its symbols. */
export function isSize(value: Dim): boolean {
  return dimRange(value).lo >= 0;
}

/**
 * The more telling of two dimensions that must be equal: a number, then a name, then an expression.
 * Undefined when they cannot be equal.
 */
export function unifyDims(a: Dim, b: Dim): Dim | undefined {
  if (sameDim(a, b) === 'no') return undefined;
  return rankOfDim(b) > rankOfDim(a) ? b : a;
}

function rankOfDim(dim: Dim): number {
  if (typeof dim === 'number') return 3;
  if (dimName(dim) !== undefined) return 2;
  return isAnonymous(dim) ? 0 : 1;
}

/** The elements of a list as numbers, when none is symbolic. */
export function allNumbers(dims: readonly Dim[] | undefined): readonly number[] | undefined {
  return dims?.every((d) => typeof d === 'number') ? dims : undefined;
}
