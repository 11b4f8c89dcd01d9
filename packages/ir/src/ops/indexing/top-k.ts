import { type Dim, freshDim } from '../../types/dim.ts';
import type { Shape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType, sizeOperand } from '../sizes.ts';

/** Parameters of `TopK`. */
export interface TopKView extends View {
  readonly axis: number;
  /** Undefined when it is not known. */
  readonly k: Dim | undefined;
  readonly largest: boolean;
  readonly sorted: boolean;
}

/** `k` is an attribute up to opset 9 and an input from 10 on; `largest` and `sorted` came with 11. */
export function topKView(ctx: OpContext): TopKView {
  const axis = normalAxis(ctx, ctx.int('axis') ?? -1, ctx.rank(0));
  const k = ctx.version < 10 ? ctx.int('k') : sizeOperand(ctx, 1);
  const size = ctx.shape(0)?.[axis];
  if (typeof k === 'number' && (k < 0 || (typeof size === 'number' && k > size))) {
    throw ctx.invalid(`k is ${k} for an axis of size ${size ?? 'unknown'}`);
  }
  return { axis, k, largest: (ctx.int('largest') ?? 1) !== 0, sorted: (ctx.int('sorted') ?? 1) !== 0 };
}

/** The k largest or smallest elements along one axis, and their places as int64. */
export const topK: Operator<TopKView> = operator<TopKView>({
  name: 'TopK',
  view: topKView,
  infer(ctx, view) {
    const size = view.k ?? freshDim();
    const shape: Shape | undefined = ctx.shape(0)?.map((d, i) => (i === view.axis ? size : d));
    return [resultType(ctx.dtype(0), shape), tensorType('int64', shape)].slice(0, ctx.outputCount);
  },
});
