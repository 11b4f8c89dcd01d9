import { printShape } from '../../types/shape.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `LRN`. */
export interface LrnView extends View {
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
  /** Number of neighbouring channels whose squares are summed. */
  readonly size: number;
}

/** The operator `LRN`. */
export const lrn: Operator<LrnView> = operator<LrnView>({
  name: 'LRN',
  view(ctx) {
    const size = ctx.int('size');
    if (size === undefined || !Number.isSafeInteger(size) || size < 1) throw ctx.invalid(`size is ${size}`);
    return {
      alpha: ctx.float('alpha') ?? 1e-4,
      beta: ctx.float('beta') ?? 0.75,
      bias: ctx.float('bias') ?? 1,
      size,
    };
  },
  infer(ctx) {
    const x = ctx.shape(0);
    if (x && x.length < 2) throw ctx.invalid(`input ${printShape(x)} has no channels`);
    return [ctx.type(0)];
  },
});
