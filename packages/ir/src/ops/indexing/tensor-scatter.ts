import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `TensorScatter`. */
export interface TensorScatterView extends View {
  /** The sequence axis of cache and update; never the first one, which is the batch. */
  readonly axis: number;
  /** Whether places beyond the end of the cache go on at its start. */
  readonly mode: 'linear' | 'circular';
}

/** Reads the parameters of `TensorScatter`. */
export function tensorScatterView(ctx: OpContext): TensorScatterView {
  const axis = normalAxis(ctx, ctx.int('axis') ?? -2, ctx.rank(0));
  if (axis === 0) throw ctx.invalid('axis 0 is the batch axis');
  const mode = ctx.string('mode') ?? 'linear';
  if (mode !== 'linear' && mode !== 'circular') throw ctx.invalid(`mode ${mode} is not known`);
  return { axis, mode };
}

/** A cache in which a run of steps along the sequence axis is overwritten, at a place of its own in each batch. */
export const tensorScatter: Operator<TensorScatterView> = operator<TensorScatterView>({
  name: 'TensorScatter',
  view: tensorScatterView,
  infer(ctx) {
    const cache = ctx.rank(0);
    const update = ctx.rank(1);
    if (cache !== undefined && update !== undefined && cache !== update) {
      throw ctx.invalid(`the cache has rank ${cache}, the update ${update}`);
    }
    return [ctx.type(0)];
  },
});
