import {
  elementCount,
  globalAveragePool,
  globalLpPool,
  globalMaxPool,
  type Operator,
  type View,
} from '@refold/ir';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { maximum, sum } from '../reduction/fold.ts';
import { resultDims } from '../result-dims.ts';
import { powerOf, rootOf } from './lp-pool.ts';

/** A kernel that makes one number of each channel: its `size` elements from `at` on. */
function globalPoolKernel<V extends View>(
  operator: Operator<V>,
  channel: (data: Reals, at: number, size: number, view: V) => number,
): Kernel {
  return {
    name: operator.name,
    run(inputs, ctx) {
      const x = realOperand(inputs, ctx, 0);
      const view = operator.view(ctx.op);
      const result = realResult(ctx, x.dtype, resultDims(ctx, operator, view));
      const data = reals(x);
      const size = elementCount(x.dims.slice(2));
      for (let c = 0; c < result.values.length; c += 1) {
        result.values[c] = channel(data, c * size, size, view);
        ctx.tick();
      }
      return [result.done()];
    },
  };
}

export const globalAveragePoolKernel: Kernel = globalPoolKernel(
  globalAveragePool,
  (data, at, size) => sum.row(data, at, size, 0) / size,
);

export const globalPoolKernels: readonly Kernel[] = [
  globalAveragePoolKernel,
  globalPoolKernel(globalLpPool, (data, at, size, { p }) => {
    let total = 0;
    for (let i = at; i < at + size; i += 1) total += powerOf(data[i] as number, p);
    return rootOf(total, p);
  }),
  globalPoolKernel(globalMaxPool, (data, at, size) => maximum.row(data, at, size, maximum.initial)),
];
