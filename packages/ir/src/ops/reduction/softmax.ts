import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `Softmax` and its variants. */
export interface SoftmaxView extends View {
  readonly axis: number;
  /**
   * Whether all axes from `axis` on are normalised together, as if the input were flattened to two
   * dimensions there (before opset 13), instead of `axis` alone.
   */
  readonly coerced: boolean;
}

export function softmaxView(ctx: OpContext): SoftmaxView {
  const coerced = ctx.version < 13;
  return { axis: normalAxis(ctx, ctx.int('axis') ?? (coerced ? 1 : -1), ctx.rank(0)), coerced };
}

/** Softmax and similar operators: the result has the type of the input. */
export function softmaxOperator(name: 'Softmax' | 'LogSoftmax' | 'Hardmax'): Operator<SoftmaxView> {
  return operator<SoftmaxView>({ name, view: softmaxView, infer: (ctx) => [ctx.type(0)] });
}
