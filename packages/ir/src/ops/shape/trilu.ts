import type { Dim } from '../../types/dim.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { sizeOperand } from '../sizes.ts';

/** Parameters of `Trilu`. */
export interface TriluView extends View {
  /** Whether the part above the diagonal is kept, not the one below. */
  readonly upper: boolean;
  /** The diagonal: above the main one when positive. Undefined when it is not known. */
  readonly k: Dim | undefined;
}

/** Reads the parameters of `Trilu`. */
export function triluView(ctx: OpContext): TriluView {
  return { upper: (ctx.int('upper') ?? 1) !== 0, k: ctx.hasInput(1) ? sizeOperand(ctx, 1) : 0 };
}

/** The upper or lower triangular part of matrices, zero elsewhere. */
export const trilu: Operator<TriluView> = operator<TriluView>({
  name: 'Trilu',
  view: triluView,
  infer(ctx) {
    const rank = ctx.rank(0);
    if (rank !== undefined && rank < 2) throw ctx.invalid(`the input has rank ${rank}, less than 2`);
    return [ctx.type(0)];
  },
});
