import { type ConvView, conv, elementCount } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { multiplyBlocks } from '../linear/gemm-core.ts';
import { packRowsOf, rowMajor, storeInto } from '../linear/matrix.ts';
import { realOperand } from '../real-operand.ts';
import { type RealResult, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { convolveChannel } from './conv-direct.ts';
import { packWindows } from './im2col.ts';
import { windowGrid } from './window-grid.ts';
import { WindowRuns } from './window-runs.ts';

/** Groups with fewer output channels than this are summed directly. */
const THIN_GROUP = 3;

/** Convolves [N, C, ...] with weights [M, C / group, ...]: every sum in double, rounded once with its bias. */
export function convolve(
  ctx: KernelContext,
  x: NdArray,
  w: NdArray,
  bias: Reals | undefined,
  view: ConvView,
  dims: readonly number[],
  result: RealResult,
): void {
  const { values } = result;
  if (values.length === 0) return;
  const grid = dims.slice(2);
  const windows = new WindowRuns(windowGrid(ctx, view, x.dims.slice(2), grid));
  const [batch = 0, channels = 0] = x.dims;
  const [, outChannels = 0] = dims;
  const { group } = view;
  const size = elementCount(x.dims.slice(2));
  const positions = elementCount(grid);
  const inGroup = channels / group;
  const outGroup = outChannels / group;
  const depth = inGroup * windows.taps;
  const data = reals(x);
  const weights = reals(w);
  for (let n = 0; n < batch; n += 1) {
    for (let g = 0; g < group; g += 1) {
      const image = (n * channels + g * inGroup) * size;
      const firstOut = g * outGroup;
      const out = (n * outChannels + firstOut) * positions;
      if (outGroup < THIN_GROUP) {
        for (let o = 0; o < outGroup; o += 1) {
          const first = (firstOut + o) * depth;
          const added = bias?.[firstOut + o] ?? 0;
          const at = out + o * positions;
          convolveChannel(data, image, inGroup, size, weights, first, added, windows, positions, values, at);
        }
        ctx.tick();
      } else {
        const target = { data: values, offset: out, rowStride: positions };
        const addend = bias && { data: bias, offset: firstOut, rowStride: 1, columnStride: 0, factor: 1 };
        multiplyBlocks(
          outGroup,
          positions,
          depth,
          packRowsOf(rowMajor(weights, depth, firstOut * depth)),
          packWindows(data, image, size, windows),
          storeInto(addend ? { ...target, addend } : target),
          () => ctx.tick(),
        );
      }
    }
  }
}

export const convKernel: Kernel = {
  name: 'Conv',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const w = realOperand(inputs, ctx, 1);
    const bias = inputs[2] && reals(realOperand(inputs, ctx, 2));
    const view = conv.view(ctx.op);
    const dims = resultDims(ctx, conv, view);
    const result = realResult(ctx, x.dtype, dims);
    convolve(ctx, x, w, bias, view, dims, result);
    return [result.done()];
  },
};
