import { type Dim, freshDim } from '../../types/dim.ts';
import { type Shape, shapeSize } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType } from '../sizes.ts';

/** Parameters of `Unique`. */
export interface UniqueView extends View {
  /** The axis whose slices are compared; undefined when single elements of the flattened input are. */
  readonly axis: number | undefined;
  /** Whether the result is in ascending order, not in that of first occurrence. */
  readonly sorted: boolean;
}

/** Reads the parameters of `Unique`. */
export function uniqueView(ctx: OpContext): UniqueView {
  const axis = ctx.int('axis');
  return {
    axis: axis === undefined ? undefined : normalAxis(ctx, axis, ctx.rank(0)),
    sorted: (ctx.int('sorted') ?? 1) !== 0,
  };
}

function uniqueShape(input: Shape | undefined, axis: number | undefined, count: Dim): Shape | undefined {
  if (axis === undefined) return [count];
  return input?.map((d, i) => (i === axis ? count : d));
}

/** The different elements or slices, their first places, the place of each of the input among them, their counts. */
export const unique: Operator<UniqueView> = operator<UniqueView>({
  name: 'Unique',
  view: uniqueView,
  infer(ctx, view) {
    const input = ctx.shape(0);
    const items = input && (view.axis === undefined ? shapeSize(input) : input[view.axis]);
    // No items give no different ones; one gives one.
    const count = items === 0 || items === 1 ? items : freshDim();
    return [
      resultType(ctx.dtype(0), uniqueShape(input, view.axis, count)),
      tensorType('int64', [count]),
      tensorType('int64', [items ?? freshDim()]),
      tensorType('int64', [count]),
    ].slice(0, ctx.outputCount);
  },
});
