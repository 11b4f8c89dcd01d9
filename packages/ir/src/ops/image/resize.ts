import { type Dim, freshDim } from '../../types/dim.ts';
import { floorDivDims, mulDims } from '../../types/dim-arithmetic.ts';
import { type Shape, staticShape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { resultType } from '../sizes.ts';
import { checkedScales, type ResizeView, resizeView, scalesOperand, scalingView } from './resize-view.ts';

/** `Resize`: samples a tensor at other sizes of some axes. */
export const resize: Operator<ResizeView> = operator({
  name: 'Resize',
  view(ctx) {
    if (ctx.version >= 11) return resizeView(ctx);
    return scalingView(ctx, scalesOperand(ctx, 1, ctx.rank(0)), 'ceil_when_shrinking');
  },
  infer: (ctx, view) => [resultType(ctx.dtype(0), resizedShape(ctx, view))],
});

/** `Upsample`: the older form of `Resize`; scales are an attribute before opset 9. */
export const upsample: Operator<ResizeView> = operator({
  name: 'Upsample',
  view(ctx) {
    const rank = ctx.rank(0);
    const scales =
      ctx.version >= 9
        ? scalesOperand(ctx, 1, rank)
        : checkedScales(ctx, ctx.floatsAttribute('scales'), rank);
    if (ctx.version < 9 && scales === undefined) throw ctx.invalid('attribute scales is missing');
    return scalingView(ctx, scales, 'floor');
  },
  infer: (ctx, view) => [resultType(ctx.dtype(0), resizedShape(ctx, view))],
});

/** Shape of the result: the axes that are not named stay as they are. */
export function resizedShape(ctx: OpContext, view: ResizeView): Shape | undefined {
  const shape = ctx.shape(0);
  if (shape === undefined) return view.axes === undefined ? shapeOfSizes(ctx, view) : undefined;
  const { axes, scales, sizes } = view;
  if (axes === undefined) return shape.map(() => freshDim());
  const out = [...shape];
  const wanted = sizes === undefined ? undefined : keptAspect(axes, shape, sizes, view.aspect);
  axes.forEach((axis, i) => {
    const from = shape[axis] ?? freshDim();
    const scale = scales?.[i];
    out[axis] = wanted?.[i] ?? (scale === undefined ? freshDim() : scaledDim(from, scale));
  });
  return out;
}

/** Sizes for all axes tell the shape even where that of the input is not known. */
function shapeOfSizes(ctx: OpContext, view: ResizeView): Shape | undefined {
  const named = (ctx.intsAttribute('axes')?.length ?? 0) > 0;
  return view.aspect === 'stretch' && !named ? view.sizes : undefined;
}

/** floor(size * scale), with the product in float32 as scales are. */
export function scaledDim(size: Dim, scale: number): Dim {
  if (typeof size === 'number') return Math.floor(Math.fround(size * scale));
  if (Number.isInteger(scale)) return mulDims(size, scale);
  const inverse = 1 / scale;
  return Number.isInteger(inverse) ? floorDivDims(size, inverse) : freshDim();
}

function keptAspect(
  axes: readonly number[],
  shape: Shape,
  sizes: readonly Dim[],
  aspect: ResizeView['aspect'],
): readonly Dim[] {
  if (aspect === 'stretch') return sizes;
  const from = staticShape(axes.map((axis) => shape[axis] ?? freshDim()));
  const wanted = staticShape(sizes);
  if (from === undefined || wanted === undefined) return sizes.map(() => freshDim());
  const scale = aspectScale(from, wanted, aspect);
  return from.map((size) => Math.floor(scale * size + 0.5));
}

/** The one factor for all axes that keeps the result within the sizes, or reaches them. */
export function aspectScale(
  from: readonly number[],
  wanted: readonly number[],
  aspect: 'not_larger' | 'not_smaller',
): number {
  let scale = aspect === 'not_larger' ? Number.POSITIVE_INFINITY : 0;
  from.forEach((size, i) => {
    const s = (wanted[i] ?? 0) / size;
    scale = aspect === 'not_larger' ? Math.min(scale, s) : Math.max(scale, s);
  });
  return scale;
}
