import { erfc } from '../../math/erf.ts';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';

/** x/2 · erfc(-x/√2), which keeps its digits for negative x, unlike 1 + erf. */
export const microsoftGeluKernel: Kernel = {
  domain: 'com.microsoft',
  name: 'Gelu',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const out = realResult(ctx, x.dtype, x.dims);
    const data = reals(x);
    for (let i = 0; i < data.length; i += 1) {
      const v = data[i] as number;
      // Minus infinity times zero would not be zero.
      out.values[i] = v === Number.NEGATIVE_INFINITY ? -0 : 0.5 * v * erfc(-v / Math.SQRT2);
    }
    return [out.done()];
  },
};
