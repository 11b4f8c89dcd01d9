import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `ReverseSequence`. */
export interface ReverseSequenceView extends View {
  readonly batch_axis: number;
  readonly time_axis: number;
}

/** One axis is 0, the other 1. */
export function reverseSequenceView(ctx: OpContext): ReverseSequenceView {
  const batch = ctx.int('batch_axis') ?? 1;
  const time = ctx.int('time_axis') ?? 0;
  if (batch + time !== 1 || batch * time !== 0) throw ctx.invalid('batch_axis and time_axis must be 0 and 1');
  return { batch_axis: batch, time_axis: time };
}

/** Each sequence of a batch with its first elements in reverse order. */
export const reverseSequence: Operator<ReverseSequenceView> = operator<ReverseSequenceView>({
  name: 'ReverseSequence',
  view: reverseSequenceView,
  infer(ctx) {
    const rank = ctx.rank(0);
    if (rank !== undefined && rank < 2) throw ctx.invalid(`the input has rank ${rank}, less than 2`);
    return [ctx.type(0)];
  },
});
