import { type Dim, freshDim, printDim } from '../../types/dim.ts';
import { mulDims } from '../../types/dim-arithmetic.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import { printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { autoPadOf, explicitPads, kernelOfWeights, perAxis, spatialRank, spatialShape } from './window.ts';
import { resolvedPads, windowCounts } from './window-size.ts';

/** Parameters of `Conv`. */
export interface ConvView extends View {
  readonly kernelShape: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  /** All begins, then all ends; computed from `auto_pad` when the sizes that matter are known. */
  readonly pads: readonly number[] | undefined;
  readonly dilations: readonly number[] | undefined;
  readonly group: number;
  readonly autoPad: string;
}

/** Parameters that a convolution reads the same way whatever element types it multiplies. */
export function convView(ctx: OpContext): ConvView {
  const kernelShape = kernelOfWeights(ctx);
  const count = spatialRank(ctx, kernelShape);
  const strides = perAxis(ctx, 'strides', count, 1);
  const dilations = perAxis(ctx, 'dilations', count, 1);
  const autoPad = autoPadOf(ctx);
  const pads = resolvedPads(
    autoPad,
    explicitPads(ctx, count),
    spatialShape(ctx),
    kernelShape,
    strides,
    dilations,
  );
  return { kernelShape, strides, pads, dilations, group: groupOf(ctx), autoPad };
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
