import { type EinsumLabel, elementCount } from '@refold/ir';
import { strides } from '../../tensor/strides.ts';

/** An operand of 64-bit integers with a label for every axis. */
export interface BigOperand {
  readonly data: BigInt64Array;
  readonly dims: readonly number[];
  readonly labels: readonly EinsumLabel[];
}

/**
 * The definition of Einsum, term by term and modulo 2^64: for sums that doubles cannot hold exactly.
 * Labels of the result come first in `order`, those that are summed over after them.
 */
export function einsumBigInts(
  operands: readonly BigOperand[],
  order: readonly EinsumLabel[],
  sizes: ReadonlyMap<EinsumLabel, number>,
  out: BigInt64Array,
  tick: () => void,
): void {
  const dims = order.map((l) => sizes.get(l) ?? 1);
  const steps = operands.map((o) => order.map((label) => stepOf(o, label)));
  const total = elementCount(dims);
  const terms = out.length === 0 ? 0 : total / out.length;
  const index = dims.map(() => 0);
  const at = operands.map(() => 0);
  for (let i = 0, term = 0, sum = 0n; i < total; i += 1) {
    let product = 1n;
    for (let o = 0; o < operands.length; o += 1) product *= operands[o]?.data[at[o] ?? 0] ?? 0n;
    sum += product;
    term += 1;
    if (term === terms) {
      out[(i + 1) / terms - 1] = sum;
      sum = 0n;
      term = 0;
    }
    if ((i & 4095) === 0) tick();
    advance(index, dims, at, steps);
  }
}

/** Distance between neighbours of a label in an operand: along the diagonal when several axes have it. */
function stepOf(operand: BigOperand, label: EinsumLabel): number {
  const own = strides(operand.dims);
  let step = 0;
  for (const [axis, l] of operand.labels.entries())
    if (l === label && operand.dims[axis] !== 1) step += own[axis] ?? 0;
  return step;
}

/** Moves on to the next combination of labels, the last one fastest. */
function advance(
  index: number[],
  dims: readonly number[],
  at: number[],
  steps: readonly (readonly number[])[],
): void {
  for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
    const next = (index[axis] ?? 0) + 1;
    const wraps = next === dims[axis];
    index[axis] = wraps ? 0 : next;
    for (let o = 0; o < at.length; o += 1) {
      const step = steps[o]?.[axis] ?? 0;
      at[o] = (at[o] ?? 0) + (wraps ? -step * (next - 1) : step);
    }
    if (!wraps) return;
  }
}
