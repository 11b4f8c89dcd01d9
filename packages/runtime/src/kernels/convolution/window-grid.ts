import { type ConvView, elementCount, ModelError } from '@refold/ir';
import type { KernelContext } from '../kernel.ts';

/**
 * Windows that slide over an image: window `o` of the grid covers, along each axis, the places
 * `o * stride - begin + tap * dilation`. All lists have one entry an axis.
 */
export interface WindowGrid {
  readonly image: readonly number[];
  readonly grid: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begins: readonly number[];
}

/** Windows are tables of places; nobody needs larger ones, and padding lets a file ask for any size. */
const MAX_TAPS = 1 << 22;

/** The parameters of a window, all of them known. Throws when one is not. */
export function windowGrid(
  ctx: KernelContext,
  view: Pick<ConvView, 'kernelShape' | 'strides' | 'dilations' | 'pads'>,
  image: readonly number[],
  grid: readonly number[],
): WindowGrid {
  const { kernelShape, strides, dilations, pads } = view;
  if (!kernelShape || !strides || !dilations || !pads) throw ctx.op.invalid('the window is not determined');
  const taps = elementCount(kernelShape);
  if (taps > MAX_TAPS) {
    const where = { node: ctx.op.node.label, op: ctx.op.node.op };
    throw new ModelError('model/limit', `a window of ${taps} elements is above ${MAX_TAPS}`, where);
  }
  return { image, grid, kernel: kernelShape, strides, dilations, begins: pads.slice(0, image.length) };
}
