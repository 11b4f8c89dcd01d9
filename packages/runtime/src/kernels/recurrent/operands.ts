import type { RecurrentView } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';

/** The operands that all recurrent operators share, checked against each other. */
export interface RecurrentOperands {
  readonly x: NdArray;
  readonly sequence: number;
  readonly batch: number;
  readonly inputSize: number;
  readonly hidden: number;
  readonly directions: number;
  /** [directions, gates * hidden, inputSize] */
  readonly w: Reals;
  /** [directions, gates * hidden, hidden] */
  readonly r: Reals;
  /** [directions, 2 * gates * hidden], the part for the input first. */
  readonly b: Reals | undefined;
  /** Length of each sequence of the batch. */
  readonly lengths: Reals | undefined;
  readonly initialH: Reals | undefined;
}

/** Reads operands 0 to 5: X, W, R, B, sequence_lens, initial_h. */
export function recurrentOperands(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  view: RecurrentView,
  gates: number,
): RecurrentOperands {
  const x = realOperand(inputs, ctx, 0);
  if (x.rank !== 3) throw ctx.op.invalid(`X must have rank 3, not ${x.rank}`);
  const [first = 0, second = 0, inputSize = 0] = x.dims;
  const sequence = view.batchFirst ? second : first;
  const batch = view.batchFirst ? first : second;
  const directions = view.direction === 'bidirectional' ? 2 : 1;
  const hidden = view.hiddenSize ?? 0;
  const w = operand(inputs, ctx, 1, [directions, gates * hidden, inputSize]);
  const r = operand(inputs, ctx, 2, [directions, gates * hidden, hidden]);
  if (w === undefined || r === undefined) throw ctx.op.invalid('its weights are missing');
  const lengths = operand(inputs, ctx, 4, [batch]);
  for (const n of lengths ?? []) {
    if (!(n >= 0 && n <= sequence)) throw ctx.op.invalid(`a sequence of ${n} elements among ${sequence}`);
  }
  return {
    x,
    sequence,
    batch,
    inputSize,
    hidden,
    directions,
    w,
    r,
    b: operand(inputs, ctx, 3, [directions, 2 * gates * hidden]),
    lengths,
    initialH: operand(inputs, ctx, 5, stateDims(view, directions, batch, hidden)),
  };
}

/** Dims of a state: [directions, batch, hidden], or [batch, directions, hidden] with the batch first. */
export function stateDims(
  view: RecurrentView,
  directions: number,
  batch: number,
  hidden: number,
): readonly number[] {
  return view.batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
}

/** The elements of an operand that must have the given dims; undefined when it is absent. */
export function operand(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  index: number,
  dims: readonly number[],
): Reals | undefined {
  if (inputs[index] === undefined) return undefined;
  const array = realOperand(inputs, ctx, index);
  if (array.rank !== dims.length || array.dims.some((d, i) => d !== dims[i])) {
    throw ctx.op.invalid(
      `operand ${index} has shape [${array.dims.join(', ')}] instead of [${dims.join(', ')}]`,
    );
  }
  return reals(array);
}
