import { type Dim, freshDim } from '../../types/dim.ts';
import { type DType, isInteger } from '../../types/dtype.ts';
import type { Shape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType, sizeOperand } from '../sizes.ts';

/** Parameters of `OneHot`. */
export interface OneHotView extends View {
  /** Place of the new axis in the result; negative only while the rank is not known. */
  readonly axis: number;
  /** Size of the new axis; undefined when it is not known. */
  readonly depth: Dim | undefined;
}

/** Reads the parameters of `OneHot`. */
export function oneHotView(ctx: OpContext): OneHotView {
  return { axis: axisOfResult(ctx), depth: depthOf(ctx) };
}

function axisOfResult(ctx: OpContext): number {
  const axis = ctx.int('axis') ?? -1;
  const rank = ctx.rank(0);
  if (rank === undefined) return axis;
  if (axis < -rank - 1 || axis > rank) throw ctx.invalid(`axis ${axis} is out of range for rank ${rank + 1}`);
  return axis < 0 ? axis + rank + 1 : axis;
}

/** The depth may be of any numeric type; fractions are cut off. */
function depthOf(ctx: OpContext): Dim | undefined {
  const dtype: DType | undefined = ctx.dtype(1);
  const float = dtype !== undefined && !isInteger(dtype) ? ctx.floats(1)?.[0] : undefined;
  const depth = float === undefined ? sizeOperand(ctx, 1) : Math.trunc(float);
  if (typeof depth === 'number' && !(depth >= 0)) throw ctx.invalid(`depth ${depth} is not a size`);
  return depth;
}

function hotShape(ctx: OpContext, view: OneHotView): Shape | undefined {
  const indices = ctx.shape(0);
  if (indices === undefined) return undefined;
  return [...indices.slice(0, view.axis), view.depth ?? freshDim(), ...indices.slice(view.axis)];
}

/** For each index a vector along a new axis: one value at the index, another one elsewhere. */
export const oneHot: Operator<OneHotView> = operator<OneHotView>({
  name: 'OneHot',
  view: oneHotView,
  infer: (ctx, view) => [resultType(ctx.dtype(2), hotShape(ctx, view))],
});
