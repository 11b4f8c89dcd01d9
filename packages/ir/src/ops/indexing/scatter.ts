import { sameDim } from '../../types/dim-bounds.ts';
import type { Shape } from '../../types/shape.ts';
import type { ValueType } from '../../types/value-type.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** How an update meets what is already there. */
export type ScatterReduction = 'none' | 'add' | 'mul' | 'min' | 'max';

/** Parameters of `ScatterElements`. */
export interface ScatterElementsView extends View {
  readonly axis: number;
  readonly reduction: ScatterReduction;
}

/** Parameters of `ScatterND`. */
export interface ScatterNDView extends View {
  readonly reduction: ScatterReduction;
}

/** `add` and `mul` came with opset 16, `min` and `max` with 18. */
function reductionOf(ctx: OpContext): ScatterReduction {
  const name = ctx.string('reduction') ?? 'none';
  if (name === 'none' || name === 'add' || name === 'mul') return name;
  if ((name === 'min' || name === 'max') && ctx.version >= 18) return name;
  throw ctx.invalid(`reduction ${name} is not known`);
}

/** Reads the parameters of `ScatterElements`. */
export function scatterElementsView(ctx: OpContext): ScatterElementsView {
  return { axis: normalAxis(ctx, ctx.int('axis') ?? 0, ctx.rank(0)), reduction: reductionOf(ctx) };
}

/** Reads the parameters of `ScatterND`. */
export function scatterNDView(ctx: OpContext): ScatterNDView {
  return { reduction: reductionOf(ctx) };
}

/** Indices and updates have one shape, of the rank of the data. The result has the type of the data. */
function inferScatterElements(ctx: OpContext): readonly (ValueType | undefined)[] {
  const rank = ctx.rank(0);
  const indices = ctx.shape(1);
  if (rank !== undefined && indices !== undefined && rank !== indices.length) {
    throw ctx.invalid(`the data has rank ${rank}, the indices ${indices.length}`);
  }
  requireSameShape(ctx, indices, ctx.shape(2));
  return [ctx.type(0)];
}

function requireSameShape(ctx: OpContext, wanted: Shape | undefined, updates: Shape | undefined): void {
  if (wanted === undefined || updates === undefined) return;
  const fits =
    wanted.length === updates.length && wanted.every((d, i) => sameDim(d, updates[i] ?? 0) !== 'no');
  if (!fits) throw ctx.invalid('the shape of the updates does not fit the indices');
}

/** A copy of the data in which elements along one axis are updated. */
export const scatterElements: Operator<ScatterElementsView> = operator<ScatterElementsView>({
  name: 'ScatterElements',
  view: scatterElementsView,
  infer: inferScatterElements,
});

/** The old name of ScatterElements. */
export const scatter: Operator<ScatterElementsView> = operator<ScatterElementsView>({
  name: 'Scatter',
  view: scatterElementsView,
  infer: inferScatterElements,
});

/** A copy of the data in which slices are updated, one for each tuple of indices. */
export const scatterND: Operator<ScatterNDView> = operator<ScatterNDView>({
  name: 'ScatterND',
  view: scatterNDView,
  infer(ctx) {
    const data = ctx.shape(0);
    const indices = ctx.shape(1);
    const tuple = indices?.[indices.length - 1];
    if (data !== undefined && indices !== undefined) {
      if (tuple === undefined) throw ctx.invalid('the indices are a scalar');
      if (typeof tuple === 'number') {
        if (tuple > data.length)
          throw ctx.invalid(`index tuples of ${tuple} do not fit data of rank ${data.length}`);
        requireSameShape(ctx, [...indices.slice(0, -1), ...data.slice(tuple)], ctx.shape(2));
      }
    }
    return [ctx.type(0)];
  },
});
