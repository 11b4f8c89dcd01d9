import type { NdArray } from '../../tensor/nd-array.ts';
import type { KernelContext } from '../kernel.ts';

/**
 * Operand 1 in a shape that broadcasts from the right. Before opset 7 an attribute `axis` may say where its
 * axes stand among those of operand 0; from there on it is taken as it is.
 */
export function legacyOperand(a: NdArray, b: NdArray, ctx: KernelContext): NdArray {
  if (ctx.op.version >= 7 || ctx.op.int('broadcast') !== 1) return b;
  const axis = ctx.op.int('axis');
  if (axis === undefined) return b;
  const after = a.rank - (axis < 0 ? axis + a.rank : axis) - b.rank;
  if (after < 0 || after > a.rank)
    throw ctx.op.invalid(`axis ${axis} does not fit ranks ${a.rank} and ${b.rank}`);
  return b.reshaped([...b.dims, ...new Array<number>(after).fill(1)]);
}
