import { lpPool } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { type PoolFold, pool } from './pool-walk.ts';
import { windowGrid } from './window-grid.ts';

/** |x|^p, without the cost of a power where there is a plain way. */
export function powerOf(x: number, p: number): number {
  if (p === 2) return x * x;
  return p === 1 ? Math.abs(x) : Math.abs(x) ** p;
}

/** The p-th root of a sum of p-th powers. */
export function rootOf(sum: number, p: number): number {
  if (p === 2) return Math.sqrt(sum);
  return p === 1 ? sum : sum ** (1 / p);
}

/** The p-norm of every window. */
export const lpPoolKernel: Kernel = {
  name: 'LpPool',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const view = lpPool.view(ctx.op);
    const { p } = view;
    const dims = resultDims(ctx, lpPool, view);
    const grid = windowGrid(ctx, view, x.dims.slice(2), dims.slice(2));
    const result = realResult(ctx, x.dtype, dims);
    const fold: PoolFold = {
      initial: 0,
      take(data, base, step, from, to, values, line) {
        for (let i = from; i < to; i += 1) {
          values[line + i] = (values[line + i] as number) + powerOf(data[base + i * step] as number, p);
        }
      },
      finish: (value) => rootOf(value, p),
    };
    const [batch = 0, channels = 0] = x.dims;
    pool(ctx, reals(x), batch * channels, grid, fold, result.values);
    return [result.done()];
  },
};
