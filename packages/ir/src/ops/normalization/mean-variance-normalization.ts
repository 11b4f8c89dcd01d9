import { normalAxes } from '../axis.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `MeanVarianceNormalization`. */
export interface MeanVarianceNormalizationView extends View {
  /** Axes over which mean and variance are taken, ascending. */
  readonly axes: readonly number[];
}

/** The operator `MeanVarianceNormalization`. */
export const meanVarianceNormalization: Operator<MeanVarianceNormalizationView> =
  operator<MeanVarianceNormalizationView>({
    name: 'MeanVarianceNormalization',
    view: (ctx) => ({ axes: normalAxes(ctx, ctx.intsAttribute('axes') ?? [0, 2, 3], ctx.rank(0)) }),
    infer: (ctx) => [ctx.type(0)],
  });
