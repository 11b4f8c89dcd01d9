import { type Shape, staticShape } from '../../types/shape.ts';
import { normalAxes } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType } from '../sizes.ts';

/** Parameters of `Squeeze`. */
export interface SqueezeView extends View {
  /** The axes that are taken away, ascending; undefined when that is not known. */
  readonly axes: readonly number[] | undefined;
}

/** Axes are an attribute up to opset 12, an input from 13 on. Without axes all those of size 1 are meant. */
export function squeezeView(ctx: OpContext): SqueezeView {
  const asInput = ctx.version >= 13;
  const given = asInput ? ctx.hasInput(1) : ctx.hasAttribute('axes');
  if (!given) return { axes: unitAxes(ctx.shape(0)) };
  const axes = asInput ? ctx.ints(1) : ctx.intsAttribute('axes');
  return { axes: axes && normalAxes(ctx, axes, ctx.rank(0)) };
}

function unitAxes(shape: Shape | undefined): readonly number[] | undefined {
  const sizes = staticShape(shape);
  if (sizes === undefined) return undefined;
  return sizes.flatMap((size, axis) => (size === 1 ? [axis] : []));
}

function squeezedShape(ctx: OpContext, view: SqueezeView): Shape | undefined {
  const shape = ctx.shape(0);
  if (shape === undefined || view.axes === undefined) return undefined;
  const axes = new Set(view.axes);
  for (const axis of axes) {
    const size = shape[axis];
    if (typeof size === 'number' && size !== 1) throw ctx.invalid(`axis ${axis} has size ${size}, not 1`);
  }
  return shape.filter((_, axis) => !axes.has(axis));
}

/** Takes axes of size 1 away. */
export const squeeze: Operator<SqueezeView> = operator<SqueezeView>({
  name: 'Squeeze',
  view: squeezeView,
  infer: (ctx, view) => [resultType(ctx.dtype(0), squeezedShape(ctx, view))],
  // An input that may hold sizes has rank 0 or 1, so its elements are those of the result.
  contents: (ctx) => ctx.dims(0),
});
