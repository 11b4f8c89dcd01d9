import { freshDim } from '../../types/dim.ts';
import type { Shape } from '../../types/shape.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType } from '../sizes.ts';

/** Parameters of `Compress`. */
export interface CompressView extends View {
  /** The axis along which slices are chosen; undefined when single elements of the flattened input are. */
  readonly axis: number | undefined;
}

/** Reads the parameters of `Compress`. */
export function compressView(ctx: OpContext): CompressView {
  const axis = ctx.int('axis');
  return { axis: axis === undefined ? undefined : normalAxis(ctx, axis, ctx.rank(0)) };
}

function compressedShape(ctx: OpContext, view: CompressView): Shape | undefined {
  const chosen = ctx.ints(1)?.filter((c) => c !== 0).length ?? freshDim();
  if (view.axis === undefined) return [chosen];
  return ctx.shape(0)?.map((d, i) => (i === view.axis ? chosen : d));
}

/** The slices or elements for which a condition holds; those beyond its end are left out. */
export const compress: Operator<CompressView> = operator<CompressView>({
  name: 'Compress',
  view: compressView,
  infer: (ctx, view) => [resultType(ctx.dtype(0), compressedShape(ctx, view))],
});
