import { type Dim, freshDim, printDim } from '../../types/dim.ts';
import { mulDims } from '../../types/dim-arithmetic.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import { printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { kernelOfWeights } from './window.ts';
import { type SlidingWindow, slidingWindow, windowCounts } from './window-size.ts';

/** Parameters of `Conv`; pads are all begins, then all ends. */
export interface ConvView extends View, SlidingWindow {
  readonly group: number;
}

/** Parameters that a convolution reads the same way whatever element types it multiplies. */
export function convView(ctx: OpContext): ConvView {
  return { ...slidingWindow(ctx, kernelOfWeights(ctx)), group: groupOf(ctx) };
}

/** Number of groups, at least 1. */
export function groupOf(ctx: OpContext): number {
  const group = ctx.int('group') ?? 1;
  if (!Number.isSafeInteger(group) || group < 1) throw ctx.invalid(`group ${group} is not positive`);
  return group;
}

/**
 * Shape [N, M, o1, ..., on] of a convolution of [N, C, ...] with weights [M, C / group, k1, ..., kn].
 * The bias [M], if there is one, is operand `biasIndex`.
 */
export function convShape(ctx: OpContext, view: ConvView, biasIndex: number): readonly Dim[] | undefined {
  const x = ctx.shape(0);
  const w = ctx.shape(1);
  if (x && w) checkChannels(ctx, x[1] ?? 1, w[1] ?? 1, view.group);
  const outChannels = w?.[0];
  if (outChannels !== undefined && typeof outChannels === 'number' && outChannels % view.group !== 0) {
    throw ctx.invalid(`${outChannels} output channels do not divide into ${view.group} groups`);
  }
  const rank = x?.length ?? w?.length;
  if (rank === undefined) return undefined;
  const spatial = x && windowCounts(ctx, view, x.slice(2));
  const bias = ctx.shape(biasIndex);
  if (
    bias &&
    (bias.length !== 1 || (outChannels !== undefined && sameDim(bias[0] ?? 1, outChannels) === 'no'))
  ) {
    throw ctx.invalid(`bias has shape ${printShape(bias)} for ${printDim(outChannels ?? 1)} output channels`);
  }
  return [
    x?.[0] ?? freshDim(),
    outChannels ?? freshDim(),
    ...(spatial ?? Array.from({ length: rank - 2 }, freshDim)),
  ];
}

/** Refuses inputs whose channels are not the weights' channels times the groups. */
export function checkChannels(ctx: OpContext, channels: Dim, perGroup: Dim, group: number): void {
  if (sameDim(channels, mulDims(perGroup, group)) === 'no') {
    throw ctx.invalid(
      `${printDim(channels)} input channels do not fit weights with ${printDim(perGroup)} channels in ${group} groups`,
    );
  }
}

/** The operator `Conv`. */
export const conv: Operator<ConvView> = operator<ConvView>({
  name: 'Conv',
  view: convView,
  infer(ctx, view) {
    const dtype = ctx.dtype(0) ?? ctx.dtype(1);
    const shape = convShape(ctx, view, 2);
    return [dtype === undefined ? undefined : tensorType(dtype, shape)];
  },
});
