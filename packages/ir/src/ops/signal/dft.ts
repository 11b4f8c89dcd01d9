import { type Dim, freshDim } from '../../types/dim.ts';
import { addDims, floorDivDims, mulDims, subDims } from '../../types/dim-arithmetic.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import { axisOf } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { resultType, sizeOperand } from '../sizes.ts';

/** Parameters of `DFT`. */
export type DftView = {
  /** Signal axis, never the last one; non-negative where the rank is known. Undefined when it is not constant. */
  readonly axis: number | undefined;
  readonly inverse: boolean;
  /** Whether only the half of the spectrum that tells is given (forward) or taken (inverse). */
  readonly onesided: boolean;
  /** Length of the transformed signal, when it is given and constant. */
  readonly length: number | undefined;
};

/** `DFT`: discrete Fourier transform along an axis of complex numbers [..., 2] or real ones [..., 1]. */
export const dft: Operator<DftView> = operator({
  name: 'DFT',

  view(ctx) {
    const axis = writtenAxis(ctx);
    const rank = ctx.rank(0);
    if (rank !== undefined && rank < 2) throw ctx.invalid(`its input has rank ${rank}, and needs 2 or more`);
    const at = axis === undefined || rank === undefined ? axis : axisOf(ctx, axis, rank);
    if (at === (rank ?? 0) - 1 || (rank === undefined && at === -1)) {
      throw ctx.invalid('the last axis holds the parts of complex numbers and cannot be transformed');
    }
    const length = ctx.ints(1)?.[0];
    if (length !== undefined && length <= 0) throw ctx.invalid(`dft_length ${length} is not positive`);
    return {
      axis: at,
      inverse: (ctx.int('inverse') ?? 0) !== 0,
      onesided: (ctx.int('onesided') ?? 0) !== 0,
      length,
    };
  },

  infer(ctx, view) {
    const dtype = ctx.dtype(0);
    const shape = ctx.shape(0);
    if (shape === undefined) return [resultType(dtype)];
    const last = shape.length - 1;
    checkParts(ctx, view, shape[last]);
    const realResult = view.inverse && view.onesided;
    // Without a length and with both sides of the spectrum, no axis changes, whichever is transformed.
    const keepsSizes = !view.onesided && !ctx.hasInput(1);
    const out: Dim[] = shape.map((dim) => (view.axis === undefined && !keepsSizes ? freshDim() : dim));
    out[last] = realResult ? 1 : 2;
    if (view.axis !== undefined) out[view.axis] = transformedDim(ctx, view, shape[view.axis] ?? freshDim());
    return [resultType(dtype, out)];
  },
});

function writtenAxis(ctx: OpContext): number | undefined {
  if (ctx.version < 20) return ctx.int('axis') ?? 1;
  return ctx.hasInput(2) ? ctx.ints(2)?.[0] : -2;
}

function checkParts(ctx: OpContext, view: DftView, parts: Dim | undefined): void {
  if (parts === undefined || typeof parts !== 'number') return;
  if (parts !== 1 && parts !== 2) throw ctx.invalid(`the last axis has size ${parts} instead of 1 or 2`);
  if (!view.onesided) return;
  if (view.inverse ? sameDim(parts, 2) === 'no' : parts !== 1) {
    throw ctx.invalid(
      `a one-sided ${view.inverse ? 'inverse' : 'forward'} transform cannot take ${parts} parts`,
    );
  }
}

/** Size of the signal axis in the result. */
function transformedDim(ctx: OpContext, view: DftView, from: Dim): Dim {
  const given = ctx.hasInput(1) ? (view.length ?? sizeOperand(ctx, 1) ?? freshDim()) : undefined;
  if (!view.onesided) return given ?? from;
  if (view.inverse && !given && from === 0) throw ctx.invalid('half a spectrum has one bin at least');
  if (view.inverse) return given ?? mulDims(2, subDims(from, 1));
  return onesidedBins(given ?? from);
}

/** Number of bins that tell the spectrum of a real signal. */
export function onesidedBins(length: Dim): Dim {
  return addDims(floorDivDims(length, 2), 1);
}
