import { isFloat } from '@refold/ir';
import type { Adapter } from '../conversion.ts';

/** Erf 13, ReduceLogSum and ReduceLogSumExp 28: integers are gone; rounding their results has no other name. */
export const floatsOnly: Adapter = (c) => {
  const dtype = c.op.dtype(0);
  if (dtype !== undefined && !isFloat(dtype))
    throw c.refuse(`it takes no ${dtype} from version ${c.version} on`);
};
