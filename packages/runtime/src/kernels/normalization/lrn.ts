import { elementCount, lrn } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';

/** x / (bias + alpha / size * Σ x²)^beta, the sum over `size` neighbouring channels. */
export const lrnKernel: Kernel = {
  name: 'LRN',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const { alpha, beta, bias, size } = lrn.view(ctx.op);
    const result = realResult(ctx, x.dtype, resultDims(ctx, lrn, lrn.view(ctx.op)));
    if (x.size === 0) return [result.done()];
    const data = reals(x);
    const [samples = 0, channels = 0] = x.dims;
    const places = elementCount(x.dims.slice(2));
    const before = Math.floor((size - 1) / 2);
    const after = Math.ceil((size - 1) / 2);
    const sums = new Float64Array(places);
    for (let n = 0; n < samples; n += 1) {
      for (let c = 0; c < channels; c += 1) {
        sums.fill(0);
        for (let k = Math.max(0, c - before); k <= Math.min(channels - 1, c + after); k += 1) {
          const at = (n * channels + k) * places;
          for (let i = 0; i < places; i += 1) {
            const value = data[at + i] as number;
            sums[i] = (sums[i] as number) + value * value;
          }
        }
        const at = (n * channels + c) * places;
        for (let i = 0; i < places; i += 1) {
          const base = bias + (alpha / size) * (sums[i] as number);
          result.values[at + i] = (data[at + i] as number) / base ** beta;
        }
        ctx.tick();
      }
    }
    return [result.done()];
  },
};
