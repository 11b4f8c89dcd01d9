import { qLinearAveragePool, qLinearGlobalAveragePool } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import { averagePoolKernel } from '../convolution/average-pool.ts';
import { globalAveragePoolKernel } from '../convolution/global-pool.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { codesOperand, codingOperands, decodedOperand, encoded } from './quantized.ts';

/** A pool of the numbers that codes mean. `check` reads the view, which refuses what is not supported. */
function quantizedPool(name: string, pool: Kernel, check: (ctx: KernelContext) => void): Kernel {
  return {
    domain: 'com.microsoft',
    name,
    run(inputs, ctx) {
      check(ctx);
      const { dtype } = codesOperand(inputs, ctx, 0);
      const [pooled] = pool.run([decodedOperand(inputs, ctx, 0)], ctx);
      return [encoded(asTensor(pooled, ctx, 0), codingOperands(inputs, ctx, 3, dtype), dtype, ctx)];
    },
  };
}

export const qLinearPoolKernels: readonly Kernel[] = [
  quantizedPool('QLinearAveragePool', averagePoolKernel, (ctx) => qLinearAveragePool.view(ctx.op)),
  quantizedPool('QLinearGlobalAveragePool', globalAveragePoolKernel, (ctx) =>
    qLinearGlobalAveragePool.view(ctx.op),
  ),
];
