import type { Shape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType, unifyDims } from '../sizes.ts';

/** Parameters of `GatherND`. */
export interface GatherNDView extends View {
  /** Number of leading axes that the data and the indices share. */
  readonly batch_dims: number;
}

/** `batch_dims` came with opset 12. */
export function gatherNDView(ctx: OpContext): GatherNDView {
  const batch = ctx.int('batch_dims') ?? 0;
  const least = Math.min(ctx.rank(0) ?? Number.POSITIVE_INFINITY, ctx.rank(1) ?? Number.POSITIVE_INFINITY);
  if (!(batch >= 0 && batch < least)) throw ctx.invalid(`batch_dims ${batch} is out of range`);
  return { batch_dims: batch };
}

/** batch ++ indices[batch : -1] ++ data[batch + k :], where k is the last size of the indices. */
function gatheredShape(ctx: OpContext, batch: number): Shape | undefined {
  const data = ctx.shape(0);
  const indices = ctx.shape(1);
  if (data === undefined || indices === undefined) return undefined;
  const tuple = indices[indices.length - 1];
  if (typeof tuple !== 'number') return undefined;
  if (tuple < 1 || tuple > data.length - batch) {
    throw ctx.invalid(`index tuples of ${tuple} do not fit data of rank ${data.length}`);
  }
  const shared = indices.slice(0, batch).map((dim, i) => {
    const both = unifyDims(dim, data[i] ?? dim);
    if (both === undefined) throw ctx.invalid(`the data and the indices differ on batch axis ${i}`);
    return both;
  });
  return [...shared, ...indices.slice(batch, -1), ...data.slice(batch + tuple)];
}

/** Slices of the data, one for each tuple of indices. */
export const gatherND: Operator<GatherNDView> = operator<GatherNDView>({
  name: 'GatherND',
  view: gatherNDView,
  infer: (ctx, view) => [resultType(ctx.dtype(0), gatheredShape(ctx, view.batch_dims))],
  contents(ctx, view) {
    const elements = ctx.dims(0);
    const indices = ctx.ints(1);
    if (elements === undefined || indices === undefined || view.batch_dims !== 0) return undefined;
    if (ctx.rank(0) !== 1 || (ctx.rank(1) ?? 0) > 2) return undefined;
    const out = indices.map((i) => elements[i < 0 ? i + elements.length : i]);
    return out.every((e) => e !== undefined) ? out : undefined;
  },
});
