import { type Dim, freshDim } from '../../types/dim.ts';
import { addDims, mulDims, subDims } from '../../types/dim-arithmetic.ts';
import { printShape, type Shape, sameShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { explicitPads, kernelAttribute, perAxis, spatialRank } from './window.ts';

/** Parameters of `MaxUnpool`. */
export interface MaxUnpoolView extends View {
  readonly kernelShape: readonly number[];
  readonly strides: readonly number[];
  /** All begins, then all ends. */
  readonly pads: readonly number[];
  /** The whole shape of the result, when the node asks for one and it is known. */
  readonly outputShape: readonly Dim[] | undefined;
}

export function maxUnpoolView(ctx: OpContext): MaxUnpoolView {
  const kernelShape = kernelAttribute(ctx);
  if (kernelShape === undefined) throw ctx.invalid('attribute kernel_shape is missing');
  const count = spatialRank(ctx, kernelShape);
  const strides = perAxis(ctx, 'strides', count, 1) ?? kernelShape.map(() => 1);
  const pads = explicitPads(ctx, count) ?? [];
  return { kernelShape, strides, pads, outputShape: ctx.dims(2) };
}

/**
 * Shape that the pooled input had by the window's parameters: the one that the indices count in, whatever
 * output shape is asked for.
 */
export function unpooledShape(view: MaxUnpoolView, x: Shape): Shape {
  const spatial = x.slice(2).map((size, i) => {
    const cut = (view.pads[i] ?? 0) + (view.pads[view.kernelShape.length + i] ?? 0);
    return addDims(mulDims(subDims(size, 1), view.strides[i] ?? 1), (view.kernelShape[i] ?? 1) - cut);
  });
  return [...x.slice(0, 2), ...spatial];
}

/** The operator `MaxUnpool`. */
export const maxUnpool: Operator<MaxUnpoolView> = operator<MaxUnpoolView>({
  name: 'MaxUnpool',
  view: maxUnpoolView,
  infer(ctx, view) {
    const dtype = ctx.dtype(0);
    const x = ctx.shape(0);
    const indices = ctx.shape(1);
    if (sameShape(x, indices) === 'no') {
      throw ctx.invalid(
        `indices ${printShape(indices)} do not have the shape ${printShape(x)} of the values`,
      );
    }
    if (dtype === undefined) return [undefined];
    const rank = view.kernelShape.length + 2;
    if (ctx.hasInput(2)) {
      const wanted = view.outputShape;
      if (wanted && wanted.length !== rank)
        throw ctx.invalid(`output_shape ${printShape(wanted)} has not rank ${rank}`);
      return [tensorType(dtype, wanted ?? Array.from({ length: rank }, freshDim))];
    }
    return [tensorType(dtype, x ? unpooledShape(view, x) : Array.from({ length: rank }, freshDim))];
  },
});
