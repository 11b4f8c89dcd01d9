import type { ValueType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { elementType, mergeTypes } from '../control/merge-types.ts';
import { type Operator, operator } from '../operator.ts';

/** Parameters of operators on one position of a sequence. */
export type SequencePositionView = {
  /** Place in the sequence, negative from the end; undefined when it is absent or not constant. */
  readonly position: number | undefined;
};

function sequenceOperand(ctx: OpContext): ValueType | undefined {
  const type = ctx.type(0);
  if (type !== undefined && type.kind !== 'sequence')
    throw ctx.invalid(`its first input is a ${type.kind}, not a sequence`);
  return type;
}

function positionAt(index: number): (ctx: OpContext) => SequencePositionView {
  return (ctx) => {
    const position = ctx.ints(index);
    if (position !== undefined && position.length !== 1)
      throw ctx.invalid('the position must have one element');
    return { position: position?.[0] };
  };
}

/** `SequenceInsert`: the sequence with a tensor before a position, at the end without one. */
export const sequenceInsert: Operator<SequencePositionView> = operator({
  name: 'SequenceInsert',
  view: positionAt(2),
  infer(ctx) {
    const sequence = sequenceOperand(ctx);
    if (sequence?.kind !== 'sequence') return [undefined];
    return [{ kind: 'sequence', of: mergeTypes(sequence.of, ctx.type(1)) }];
  },
});

/** `SequenceErase`: the sequence without the element at a position, without the last one by default. */
export const sequenceErase: Operator<SequencePositionView> = operator({
  name: 'SequenceErase',
  view: positionAt(1),
  infer(ctx) {
    return [sequenceOperand(ctx)];
  },
});

/** `SequenceAt`: the element at a position. */
export const sequenceAt: Operator<SequencePositionView> = operator({
  name: 'SequenceAt',
  view: positionAt(1),
  infer(ctx) {
    return [elementType(sequenceOperand(ctx))];
  },
});
