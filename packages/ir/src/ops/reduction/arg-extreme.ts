import { tensorType } from '../../types/value-type.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `ArgMax` and `ArgMin`. */
export interface ArgExtremeView extends View {
  readonly axis: number;
  readonly keepdims: boolean;
  /** Whether the last of equal extremes is taken, not the first. */
  readonly selectLastIndex: boolean;
}

export function argExtremeView(ctx: OpContext): ArgExtremeView {
  return {
    axis: normalAxis(ctx, ctx.int('axis') ?? 0, ctx.rank(0)),
    keepdims: (ctx.int('keepdims') ?? 1) !== 0,
    selectLastIndex: ctx.int('select_last_index') === 1,
  };
}

/** ArgMax or ArgMin: places of the extremes along one axis, as int64. */
export function argExtremeOperator(name: 'ArgMax' | 'ArgMin'): Operator<ArgExtremeView> {
  return operator<ArgExtremeView>({
    name,
    view: argExtremeView,
    infer(ctx, view) {
      const shape = ctx.shape(0);
      if (shape === undefined) return [tensorType('int64')];
      const reduced = view.keepdims
        ? shape.map((d, i) => (i === view.axis ? 1 : d))
        : shape.filter((_, i) => i !== view.axis);
      return [tensorType('int64', reduced)];
    },
  });
}
