import { type AveragePoolView, averagePool } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { type PoolFold, pool, windowSizes } from './pool-walk.ts';
import { type WindowGrid, windowGrid } from './window-grid.ts';

/** By how much each sum is divided: padding counts when asked for, what lies beyond it never does. */
function divisors(grid: WindowGrid, view: AveragePoolView): Float64Array {
  if (!view.countIncludePad) return windowSizes(grid);
  const rank = grid.image.length;
  const padded = grid.image.map((size, i) => size + (view.pads?.[i] ?? 0) + (view.pads?.[rank + i] ?? 0));
  return windowSizes({ ...grid, image: padded, begins: grid.begins.map(() => 0) });
}

export const averagePoolKernel: Kernel = {
  name: 'AveragePool',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const view = averagePool.view(ctx.op);
    const dims = resultDims(ctx, averagePool, view);
    const grid = windowGrid(ctx, view, x.dims.slice(2), dims.slice(2));
    const result = realResult(ctx, x.dtype, dims);
    if (result.values.length === 0) return [result.done()];
    const divisor = divisors(grid, view);
    const fold: PoolFold = {
      initial: 0,
      take(data, base, step, from, to, values, line) {
        for (let i = from; i < to; i += 1) {
          values[line + i] = (values[line + i] as number) + (data[base + i * step] as number);
        }
      },
      finish: (value, index) => value / (divisor[index] as number),
    };
    const [batch = 0, channels = 0] = x.dims;
    pool(ctx, reals(x), batch * channels, grid, fold, result.values);
    return [result.done()];
  },
};
