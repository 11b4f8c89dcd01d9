import { NdArray, type NdSequence, type NdValue } from '../../tensor/nd-array.ts';
import { asTensor, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';

export function asSequence(value: NdValue | undefined, ctx: KernelContext): NdSequence {
  if (value?.kind !== 'sequence') throw ctx.op.invalid('its first input must be a sequence');
  return value;
}

/** The position that operand `index` holds: from -`count` to `last`, negative ones from the end. */
function positionOf(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  index: number,
  count: number,
  last: number,
): number {
  const tensor = realOperand(inputs, ctx, index);
  if (tensor.size !== 1) throw ctx.op.invalid('the position must have one element');
  const written = reals(tensor)[0] ?? 0;
  if (!(written >= -count && written <= last)) throw ctx.op.invalid(`position ${written} is out of range`);
  return written < 0 ? written + count : written;
}

export const sequenceEmptyKernel: Kernel = {
  name: 'SequenceEmpty',
  run: () => [{ kind: 'sequence', items: [] }],
};

export const sequenceConstructKernel: Kernel = {
  name: 'SequenceConstruct',
  run(inputs, ctx) {
    return [{ kind: 'sequence', items: inputs.map((value, i) => asTensor(value, ctx, i)) }];
  },
};

export const sequenceInsertKernel: Kernel = {
  name: 'SequenceInsert',
  run(inputs, ctx) {
    const items = [...asSequence(inputs[0], ctx).items];
    const item = asTensor(inputs[1], ctx, 1);
    const position = inputs[2];
    if (position === undefined) return [{ kind: 'sequence', items: [...items, item] }];
    items.splice(positionOf(inputs, ctx, 2, items.length, items.length), 0, item);
    return [{ kind: 'sequence', items }];
  },
};

export const sequenceEraseKernel: Kernel = {
  name: 'SequenceErase',
  run(inputs, ctx) {
    const items = [...asSequence(inputs[0], ctx).items];
    if (items.length === 0) throw ctx.op.invalid('the sequence is empty');
    const position = inputs[1];
    const last = items.length - 1;
    items.splice(position === undefined ? last : positionOf(inputs, ctx, 1, items.length, last), 1);
    return [{ kind: 'sequence', items }];
  },
};

export const sequenceAtKernel: Kernel = {
  name: 'SequenceAt',
  run(inputs, ctx) {
    const { items } = asSequence(inputs[0], ctx);
    const position = inputs[1];
    if (position === undefined) throw ctx.op.invalid('the position is missing');
    return [items[positionOf(inputs, ctx, 1, items.length, items.length - 1)]];
  },
};

export const sequenceLengthKernel: Kernel = {
  name: 'SequenceLength',
  run(inputs, ctx) {
    const { items } = asSequence(inputs[0], ctx);
    return [new NdArray('int64', [], BigInt64Array.of(BigInt(items.length)))];
  },
};
