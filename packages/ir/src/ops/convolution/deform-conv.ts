import { printShape, type Shape, sameShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { type ConvView, convShape, convView } from './conv.ts';

/** Parameters of `DeformConv`. */
export interface DeformConvView extends ConvView {
  /** Groups of input channels that share their offsets. */
  readonly offsetGroup: number;
}

export function deformConvView(ctx: OpContext): DeformConvView {
  const offsetGroup = ctx.int('offset_group') ?? 1;
  if (!Number.isSafeInteger(offsetGroup) || offsetGroup < 1) {
    throw ctx.invalid(`offset_group ${offsetGroup} is not positive`);
  }
  return { ...convView(ctx), offsetGroup };
}

/** Refuses `offset` or `mask` unless it is [N, offset_group * taps * perTap, o1, ..., on]. */
function checkSampling(
  ctx: OpContext,
  index: number,
  view: DeformConvView,
  perTap: number,
  out: Shape,
): void {
  const shape = ctx.shape(index);
  if (shape === undefined || view.kernelShape === undefined) return;
  let channels = view.offsetGroup * perTap;
  for (const k of view.kernelShape) channels *= k;
  const wanted = [out[0] ?? 1, channels, ...out.slice(2)];
  if (sameShape(shape, wanted) === 'no') {
    throw ctx.invalid(`operand ${index} has shape ${printShape(shape)}, not ${printShape(wanted)}`);
  }
}

/** Deformable convolution: every tap of every window reads the input at a place of its own. */
export const deformConv: Operator<DeformConvView> = operator<DeformConvView>({
  name: 'DeformConv',
  view: deformConvView,
  infer(ctx, view) {
    const dtype = ctx.dtype(0) ?? ctx.dtype(1);
    const shape = convShape(ctx, view, 3);
    if (shape !== undefined) {
      checkSampling(ctx, 2, view, shape.length - 2, shape);
      checkSampling(ctx, 4, view, 1, shape);
    }
    const channels = ctx.shape(0)?.[1];
    if (typeof channels === 'number' && channels % view.offsetGroup !== 0) {
      throw ctx.invalid(`${channels} input channels do not divide into ${view.offsetGroup} offset groups`);
    }
    return [dtype === undefined ? undefined : tensorType(dtype, shape)];
  },
});
