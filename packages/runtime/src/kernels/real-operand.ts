import { dtypeKind } from '@refold/ir';
import type { NdArray, NdValue } from '../tensor/nd-array.ts';
import { asTensor } from '../tensor/reals.ts';
import type { KernelContext } from './kernel.ts';

/** The tensor of numbers that operand `index` is. Throws for strings and complex numbers too. */
export function realOperand(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  index: number,
): NdArray {
  const array = asTensor(inputs[index], ctx, index);
  const kind = dtypeKind(array.dtype);
  if (kind === 'string' || kind === 'complex') {
    throw ctx.op.invalid(`input ${index} is ${array.dtype}, not real numbers`);
  }
  return array;
}
