import { type Dim, freshDim } from '../../types/dim.ts';
import type { Shape } from '../../types/shape.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType } from '../sizes.ts';

/** Parameters of `Gather`. */
export interface GatherView extends View {
  /** Axis of the data that the indices go along; non-negative where the rank is known. */
  readonly axis: number;
}

/** Reads the parameters of `Gather`. */
export function gatherView(ctx: OpContext): GatherView {
  return { axis: normalAxis(ctx, ctx.int('axis') ?? 0, ctx.rank(0)) };
}

function gatheredShape(ctx: OpContext, view: GatherView): Shape | undefined {
  const data = ctx.shape(0);
  const indices = ctx.shape(1);
  if (data === undefined || indices === undefined) return undefined;
  return [...data.slice(0, view.axis), ...indices, ...data.slice(view.axis + 1)];
}

/** Slices of the data along one axis, one for each index: data[:axis] ++ indices ++ data[axis + 1:]. */
export const gather: Operator<GatherView> = operator<GatherView>({
  name: 'Gather',
  view: gatherView,
  infer: (ctx, view) => [resultType(ctx.dtype(0), gatheredShape(ctx, view))],
  contents(ctx) {
    const elements = ctx.dims(0);
    const indices = ctx.ints(1);
    if (elements === undefined || indices === undefined || ctx.rank(0) !== 1) return undefined;
    const out: Dim[] = [];
    for (const index of indices) {
      const element = elements[index < 0 ? index + elements.length : index];
      // Out of range: that run fails, unless nothing ever runs the node. Nothing is known either way.
      if (element === undefined) return undefined;
      out.push(element);
    }
    return out;
  },
});

/** Elements of the data, one for each index; the index replaces the coordinate along one axis. */
export const gatherElements: Operator<GatherView> = operator<GatherView>({
  name: 'GatherElements',
  view: gatherView,
  infer(ctx) {
    const data = ctx.rank(0);
    const indices = ctx.shape(1);
    if (data !== undefined && indices !== undefined && data !== indices.length) {
      throw ctx.invalid(`the data has rank ${data}, the indices ${indices.length}`);
    }
    return [resultType(ctx.dtype(0), indices ?? ctx.shape(0)?.map(freshDim))];
  },
});
