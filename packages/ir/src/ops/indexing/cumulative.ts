import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `CumSum` and `CumProd`. */
export interface CumulativeView extends View {
  /** Undefined when it is not known. */
  readonly axis: number | undefined;
  /** Whether an element itself is left out of its sum or product. */
  readonly exclusive: boolean;
  /** Whether the elements are taken from the end of the axis. */
  readonly reverse: boolean;
}

/** Reads the parameters of `CumSum` and `CumProd`. */
export function cumulativeView(ctx: OpContext): CumulativeView {
  const axis = ctx.ints(1)?.[0];
  return {
    axis: axis === undefined ? undefined : normalAxis(ctx, axis, ctx.rank(0)),
    exclusive: ctx.int('exclusive') === 1,
    reverse: ctx.int('reverse') === 1,
  };
}

/** Running sum along one axis. */
export const cumSum: Operator<CumulativeView> = operator<CumulativeView>({
  name: 'CumSum',
  view: cumulativeView,
  infer: (ctx) => [ctx.type(0)],
});

/** Running product along one axis. */
export const cumProd: Operator<CumulativeView> = operator<CumulativeView>({
  name: 'CumProd',
  view: cumulativeView,
  infer: (ctx) => [ctx.type(0)],
});
