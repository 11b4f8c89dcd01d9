import { convTranspose, elementCount } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { multiplyBlocks } from '../linear/gemm-core.ts';
import { packRowsOf, rowMajor, transposed } from '../linear/matrix.ts';
import { realOperand } from '../real-operand.ts';
import { doubles, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { addWindows } from './im2col.ts';
import { windowGrid } from './window-grid.ts';
import { WindowRuns } from './window-runs.ts';

/**
 * A convolution backwards: each input element, times the kernel, is added onto the window of the output that
 * it stands for. So the output is the image and the input the grid of windows.
 */
export const convTransposeKernel: Kernel = {
  name: 'ConvTranspose',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const w = realOperand(inputs, ctx, 1);
    const bias = inputs[2] && reals(realOperand(inputs, ctx, 2));
    const view = convTranspose.view(ctx.op);
    const dims = resultDims(ctx, convTranspose, view);
    const result = realResult(ctx, x.dtype, dims);
    if (result.values.length === 0) return [result.done()];
    const [batch = 0, channels = 0, ...grid] = x.dims;
    const [, outChannels = 0, ...image] = dims;
    const windows = new WindowRuns(windowGrid(ctx, view, image, grid));
    const positions = elementCount(grid);
    const size = elementCount(image);
    const inGroup = channels / view.group;
    const outGroup = outChannels / view.group;
    const rows = outGroup * windows.taps;
    const data = reals(x);
    const weights = reals(w);
    const sums = doubles(ctx, [outGroup * size]);
    for (let n = 0; n < batch; n += 1) {
      for (let g = 0; g < view.group; g += 1) {
        sums.fill(0);
        multiplyBlocks(
          rows,
          positions,
          inGroup,
          packRowsOf(transposed(rowMajor(weights, rows, g * inGroup * rows))),
          packRowsOf(transposed(rowMajor(data, positions, (n * channels + g * inGroup) * positions))),
          addWindows(sums, size, windows),
          () => ctx.tick(),
        );
        const firstOut = g * outGroup;
        const out = (n * outChannels + firstOut) * size;
        for (let o = 0; o < outGroup; o += 1) {
          const added = bias?.[firstOut + o] ?? 0;
          for (let i = o * size; i < (o + 1) * size; i += 1)
            result.values[out + i] = (sums[i] as number) + added;
        }
      }
    }
    return [result.done()];
  },
};
