import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';

/** X [rows, columns] as numbers; a vector is one row. */
export interface Rows {
  readonly array: NdArray;
  readonly data: Reals;
  readonly rows: number;
  readonly columns: number;
}

export function rowsOf(inputs: readonly (NdValue | undefined)[], ctx: KernelContext): Rows {
  const array = realOperand(inputs, ctx, 0);
  if (array.rank !== 1 && array.rank !== 2)
    throw ctx.op.invalid(`X must have rank 1 or 2, not ${array.rank}`);
  const columns = array.dims.at(-1) ?? 0;
  return { array, data: reals(array), rows: array.rank === 1 ? 1 : (array.dims[0] ?? 0), columns };
}
