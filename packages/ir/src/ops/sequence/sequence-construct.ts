import { mergeTypes } from '../control/merge-types.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** `SequenceConstruct`: a sequence of its operands. */
export const sequenceConstruct: Operator<View> = operator({
  name: 'SequenceConstruct',

  view() {
    return {};
  },

  infer(ctx) {
    let of = ctx.type(0);
    for (let i = 1; i < ctx.inputCount; i += 1) of = mergeTypes(of, ctx.type(i));
    return [{ kind: 'sequence', of }];
  },
});
