import { lpNormalization } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { axisLayout } from '../reduction/axis-layout.ts';

/** x / |x|, the norm along one axis; 0 where the norm is 0. */
export const lpNormalizationKernel: Kernel = {
  name: 'LpNormalization',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const { axis, p } = lpNormalization.view(ctx.op);
    const result = realResult(ctx, x.dtype, x.dims);
    if (x.size === 0) return [result.done()];
    const data = reals(x);
    const { outer, length, inner } = axisLayout(x.dims, axis);
    for (let o = 0; o < outer; o += 1) {
      for (let i = 0; i < inner; i += 1) {
        const start = o * length * inner + i;
        const end = start + length * inner;
        let sum = 0;
        for (let at = start; at < end; at += inner) {
          const value = data[at] as number;
          sum += p === 1 ? Math.abs(value) : value * value;
        }
        const norm = p === 1 ? sum : Math.sqrt(sum);
        for (let at = start; at < end; at += inner)
          result.values[at] = norm === 0 ? 0 : (data[at] as number) / norm;
      }
      ctx.tick();
    }
    return [result.done()];
  },
};
