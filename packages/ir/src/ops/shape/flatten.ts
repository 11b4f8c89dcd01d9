import { freshDim } from '../../types/dim.ts';
import { type Shape, shapeSize } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType } from '../sizes.ts';

/** Parameters of `Flatten`. */
export interface FlattenView extends View {
  /** The first axis of the second dimension, `0 .. rank`; negative only while the rank is not known. */
  readonly axis: number;
}

/** Reads the parameters of `Flatten`. */
export function flattenView(ctx: OpContext): FlattenView {
  const axis = ctx.int('axis') ?? 1;
  const rank = ctx.rank(0);
  if (rank === undefined) return { axis };
  if (axis < -rank || axis > rank) throw ctx.invalid(`axis ${axis} is out of range for rank ${rank}`);
  return { axis: axis < 0 ? axis + rank : axis };
}

/** A matrix: the product of the axes before `axis` by the product of the others. */
export const flatten: Operator<FlattenView> = operator<FlattenView>({
  name: 'Flatten',
  view: flattenView,
  infer(ctx, view) {
    const input = ctx.shape(0);
    const shape: Shape = input
      ? [shapeSize(input.slice(0, view.axis)), shapeSize(input.slice(view.axis))]
      : [freshDim(), freshDim()];
    return [resultType(ctx.dtype(0), shape)];
  },
});
