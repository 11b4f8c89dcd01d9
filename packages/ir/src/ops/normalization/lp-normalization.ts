import { normalAxis } from '../axis.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `LpNormalization`. */
export interface LpNormalizationView extends View {
  readonly axis: number;
  /** 1 or 2. */
  readonly p: number;
}

/** Division by the L1 or L2 norm along one axis. */
export const lpNormalization: Operator<LpNormalizationView> = operator<LpNormalizationView>({
  name: 'LpNormalization',
  view(ctx) {
    const p = ctx.int('p') ?? 2;
    if (p !== 1 && p !== 2) throw ctx.invalid(`p is ${p}, not 1 or 2`);
    return { axis: normalAxis(ctx, ctx.int('axis') ?? -1, ctx.rank(0)), p };
  },
  infer: (ctx) => [ctx.type(0)],
});
