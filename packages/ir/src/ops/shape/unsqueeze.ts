import type { Dim } from '../../types/dim.ts';
import type { Shape } from '../../types/shape.ts';
import { normalAxes } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { freshShape, operandLength, resultType } from '../sizes.ts';

/** Parameters of `Unsqueeze`. */
export interface UnsqueezeView extends View {
  /** Places of the new axes in the result, ascending; undefined when they are not known. */
  readonly axes: readonly number[] | undefined;
}

/** Axes are an attribute up to opset 12, an input from 13 on; negative ones count from the end of the result. */
export function unsqueezeView(ctx: OpContext): UnsqueezeView {
  const given = ctx.version >= 13 ? ctx.ints(1) : (ctx.intsAttribute('axes') ?? []);
  if (given === undefined) return { axes: undefined };
  const rank = ctx.rank(0);
  const axes = normalAxes(ctx, given, rank === undefined ? undefined : rank + given.length);
  if (axes.length !== given.length) throw ctx.invalid('an axis occurs twice');
  return { axes };
}

function unsqueezedShape(ctx: OpContext, view: UnsqueezeView): Shape | undefined {
  const shape = ctx.shape(0);
  if (shape === undefined) return undefined;
  if (view.axes === undefined) {
    const count = operandLength(ctx, 1);
    return count === undefined ? undefined : freshShape(shape.length + count);
  }
  const out: Dim[] = [];
  const axes = new Set(view.axes);
  let at = 0;
  for (let i = 0; i < shape.length + axes.size; i += 1) {
    if (axes.has(i)) {
      out.push(1);
    } else {
      out.push(shape[at] ?? 1);
      at += 1;
    }
  }
  return out;
}

/** Puts axes of size 1 in. */
export const unsqueeze: Operator<UnsqueezeView> = operator<UnsqueezeView>({
  name: 'Unsqueeze',
  view: unsqueezeView,
  infer: (ctx, view) => [resultType(ctx.dtype(0), unsqueezedShape(ctx, view))],
  // A result that may hold sizes has rank 0 or 1, so its elements are those of the input.
  contents: (ctx) => ctx.dims(0),
});
