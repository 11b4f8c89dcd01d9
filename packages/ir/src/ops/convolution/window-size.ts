import { type Dim, printDim } from '../../types/dim.ts';
import { addDims, ceilDivDims, floorDivDims, subDims } from '../../types/dim-arithmetic.ts';
import { dimRange, minDims } from '../../types/dim-bounds.ts';
import type { OpContext } from '../context.ts';
import {
  type AutoPad,
  autoPadOf,
  dilatedKernel,
  explicitPads,
  perAxis,
  spatialRank,
  spatialShape,
} from './window.ts';

/** A window that slides along the spatial axes; every list has one entry an axis (`pads` two). */
export interface SlidingWindow {
  readonly kernelShape: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  readonly dilations: readonly number[] | undefined;
  /** All begins, then all ends; computed from `auto_pad` when the sizes that matter are known. */
  readonly pads: readonly number[] | undefined;
  readonly autoPad: string;
}

/** Reads the window of a convolution or a pool. */
export function slidingWindow(ctx: OpContext, kernelShape: readonly number[] | undefined): SlidingWindow {
  const count = spatialRank(ctx, kernelShape);
  const strides = perAxis(ctx, 'strides', count, 1);
  const dilations = perAxis(ctx, 'dilations', count, 1);
  const autoPad = autoPadOf(ctx);
  const explicit = explicitPads(ctx, count);
  const pads = resolvedPads(autoPad, explicit, spatialShape(ctx), kernelShape, strides, dilations);
  return { kernelShape, strides, pads, dilations, autoPad };
}

/**
 * Pads of a sliding window. Those of SAME_UPPER and SAME_LOWER depend on the input size unless the stride is
 * 1; they are undefined while a size that matters is not known.
 */
export function resolvedPads(
  autoPad: AutoPad,
  explicit: readonly number[] | undefined,
  input: readonly Dim[] | undefined,
  kernel: readonly number[] | undefined,
  strides: readonly number[] | undefined,
  dilations: readonly number[] | undefined,
): readonly number[] | undefined {
  if (autoPad === 'NOTSET') return explicit;
  if (strides === undefined) return undefined;
  if (autoPad === 'VALID') return new Array<number>(2 * strides.length).fill(0);
  if (kernel === undefined || dilations === undefined) return undefined;
  const begins: number[] = [];
  const ends: number[] = [];
  for (const [i, stride] of strides.entries()) {
    const extent = dilatedKernel(kernel[i] ?? 1, dilations[i] ?? 1);
    const size = input?.[i];
    if (typeof size !== 'number' && stride !== 1) return undefined;
    const total = typeof size === 'number' ? sameTotal(size, stride, extent) : extent - 1;
    const small = Math.floor(total / 2);
    begins.push(autoPad === 'SAME_UPPER' ? small : total - small);
    ends.push(autoPad === 'SAME_UPPER' ? total - small : small);
  }
  return [...begins, ...ends];
}

/** Padding of both sides together that gives ceil(size / stride) windows. */
function sameTotal(size: number, stride: number, extent: number): number {
  return Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent - size);
}

/**
 * Number of windows along every spatial axis, of which the input has sizes `input`:
 * `floor((size + pads - extent) / stride) + 1`, or with ceil instead of floor, but without windows that would
 * start in the padding at the end. SAME_* give `ceil(size / stride)`.
 */
export function windowCounts(
  ctx: OpContext,
  window: SlidingWindow,
  input: readonly Dim[],
  ceilMode = false,
): readonly Dim[] | undefined {
  const { kernelShape, strides, dilations, pads, autoPad } = window;
  if (strides === undefined || dilations === undefined) return undefined;
  if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') {
    return input.map((size, i) => ceilDivDims(size, strides[i] ?? 1));
  }
  if (kernelShape === undefined || pads === undefined) return undefined;
  return input.map((size, i) => {
    const stride = strides[i] ?? 1;
    const extent = dilatedKernel(kernelShape[i] ?? 1, dilations[i] ?? 1);
    const begin = pads[i] ?? 0;
    const padded = addDims(size, begin + (pads[input.length + i] ?? 0));
    const room = subDims(padded, extent);
    if (dimRange(room).hi < 0) {
      throw ctx.invalid(
        `kernel extent ${extent} is larger than the padded size ${printDim(padded)} of axis ${i + 2}`,
      );
    }
    if (!ceilMode) return addDims(floorDivDims(room, stride), 1);
    return minDims(addDims(ceilDivDims(room, stride), 1), ceilDivDims(addDims(size, begin), stride));
  });
}
