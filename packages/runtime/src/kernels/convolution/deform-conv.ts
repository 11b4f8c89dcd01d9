import { type DeformConvView, deformConv, elementCount } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import { strides } from '../../tensor/strides.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { multiplyBlocks, type PackPanels } from '../linear/gemm-core.ts';
import { packRowsOf, rowMajor, storeInto } from '../linear/matrix.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { sample } from './deform-sample.ts';
import { type WindowGrid, windowGrid } from './window-grid.ts';

/** Interpolation looks at 2^rank places, so ranks stay small. */
const MAX_RANK = 8;

/** Everything that the sampling of one image of a batch reads. */
interface Sampling {
  readonly data: Reals;
  readonly offsets: Reals;
  readonly mask: Reals | undefined;
  readonly grid: WindowGrid;
  readonly taps: number;
  /** Channels that share offsets, and the first element of the offsets and the mask of this image. */
  readonly channelsPerGroup: number;
  readonly firstOffset: number;
  readonly firstMask: number;
}

/** Packs sampled windows: as for a convolution, but every tap of every window has a place of its own. */
function packSamples(work: Sampling, firstChannel: number, imageStart: number): PackPanels {
  const { grid, taps, data, offsets, mask } = work;
  const rank = grid.image.length;
  const corners = 2 ** rank;
  const imageStrides = strides(grid.image);
  const gridStrides = strides(grid.grid);
  const kernelStrides = strides(grid.kernel);
  const size = elementCount(grid.image);
  const positions = elementCount(grid.grid);
  const at = new Float64Array(rank);
  return (firstLine, lines, firstDepth, depth, panels) => {
    for (let d = 0; d < depth; d += 1) {
      const tap = (firstDepth + d) % taps;
      const channel = firstChannel + (firstDepth + d - tap) / taps;
      const shared = Math.floor(channel / work.channelsPerGroup) * taps + tap;
      for (let l = 0; l < lines; l += 1) {
        const position = firstLine + l;
        for (let axis = 0; axis < rank; axis += 1) {
          const o = Math.floor(position / (gridStrides[axis] ?? 1)) % (grid.grid[axis] ?? 1);
          const t = Math.floor(tap / (kernelStrides[axis] ?? 1)) % (grid.kernel[axis] ?? 1);
          const regular =
            o * (grid.strides[axis] ?? 1) - (grid.begins[axis] ?? 0) + t * (grid.dilations[axis] ?? 1);
          at[axis] =
            regular + (offsets[work.firstOffset + (shared * rank + axis) * positions + position] as number);
        }
        const value = sample(data, imageStart + channel * size, grid.image, imageStrides, at, corners);
        const factor = mask ? (mask[work.firstMask + shared * positions + position] as number) : 1;
        panels[((l >> 2) * depth + d) * 4 + (l & 3)] = value * factor;
      }
    }
  };
}

function deform(
  ctx: KernelContext,
  view: DeformConvView,
  dims: readonly number[],
  operands: { x: NdArray; w: NdArray; offset: NdArray; bias: Reals | undefined; mask: NdArray | undefined },
): NdArray {
  const { x, w, offset, bias, mask } = operands;
  const grid = windowGrid(ctx, view, x.dims.slice(2), dims.slice(2));
  if (grid.image.length > MAX_RANK) throw ctx.op.invalid(`more than ${MAX_RANK} spatial axes`);
  const [batch = 0, channels = 0] = x.dims;
  const [, outChannels = 0] = dims;
  const taps = elementCount(grid.kernel);
  const positions = elementCount(grid.grid);
  const inGroup = channels / view.group;
  const outGroup = outChannels / view.group;
  const depth = inGroup * taps;
  const result = realResult(ctx, x.dtype, dims);
  if (result.values.length === 0) return result.done();
  const weights = reals(w);
  const shared = { data: reals(x), offsets: reals(offset), mask: mask && reals(mask), grid, taps };
  const channelsPerGroup = channels / view.offsetGroup;
  const samples = view.offsetGroup * taps * positions;
  for (let n = 0; n < batch; n += 1) {
    const firstOffset = n * samples * grid.image.length;
    const work = { ...shared, channelsPerGroup, firstOffset, firstMask: n * samples };
    const image = n * channels * elementCount(grid.image);
    for (let g = 0; g < view.group; g += 1) {
      const firstOut = g * outGroup;
      const target = {
        data: result.values,
        offset: (n * outChannels + firstOut) * positions,
        rowStride: positions,
      };
      const addend = bias && { data: bias, offset: firstOut, rowStride: 1, columnStride: 0, factor: 1 };
      multiplyBlocks(
        outGroup,
        positions,
        depth,
        packRowsOf(rowMajor(weights, depth, firstOut * depth)),
        packSamples(work, g * inGroup, image),
        storeInto(addend ? { ...target, addend } : target),
        () => ctx.tick(),
      );
    }
  }
  return result.done();
}

export const deformConvKernel: Kernel = {
  name: 'DeformConv',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const w = realOperand(inputs, ctx, 1);
    const offset = realOperand(inputs, ctx, 2);
    const bias = inputs[3] && reals(realOperand(inputs, ctx, 3));
    const mask = inputs[4] && realOperand(inputs, ctx, 4);
    const view = deformConv.view(ctx.op);
    return [deform(ctx, view, resultDims(ctx, deformConv, view), { x, w, offset, bias, mask })];
  },
};
