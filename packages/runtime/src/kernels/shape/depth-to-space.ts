import { type BlockView, depthToSpace, spaceToDepth } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';

/**
 * Strides of a [N, C·b², H, W] tensor along the axes n, c, row in block, column in block, h, w, where the
 * depth is made of a channel and a place in the block.
 */
export function depthStrides(deep: readonly number[], view: BlockView): readonly number[] {
  const [n = 0, depth = 0, h = 0, w = 0] = strides(deep);
  const b = view.blocksize;
  const channels = (deep[1] ?? 0) / (b * b);
  const [c, row, column] = view.mode === 'DCR' ? [1, b * channels, channels] : [b * b, b, 1];
  return [n, c * depth, row * depth, column * depth, h, w];
}

/** Strides of a [N, C, H·b, W·b] tensor along the same axes. */
export function spaceStrides(flat: readonly number[], b: number): readonly number[] {
  const [n = 0, c = 0, h = 0, w = 0] = strides(flat);
  return [n, c, h, w, h * b, w * b];
}

/** Sizes of the same axes. */
export function blockDims(flat: readonly number[], b: number): readonly number[] {
  const [n = 0, c = 0, h = 0, w = 0] = flat;
  return [n, c, b, b, h / b, w / b];
}

export const depthToSpaceKernel: Kernel = {
  name: 'DepthToSpace',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const view = depthToSpace.view(ctx.op);
    const output: NdArray = ctx.alloc(input.dtype, resultDims(ctx, depthToSpace, view));
    stridedCopy(
      blockDims(output.dims, view.blocksize),
      { view: wordsOf(output), offset: 0, strides: spaceStrides(output.dims, view.blocksize) },
      { view: wordsOf(input), offset: 0, strides: depthStrides(input.dims, view) },
    );
    return [output];
  },
};

export const spaceToDepthKernel: Kernel = {
  name: 'SpaceToDepth',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const view = spaceToDepth.view(ctx.op);
    const output: NdArray = ctx.alloc(input.dtype, resultDims(ctx, spaceToDepth, view));
    stridedCopy(
      blockDims(input.dims, view.blocksize),
      { view: wordsOf(output), offset: 0, strides: depthStrides(output.dims, view) },
      { view: wordsOf(input), offset: 0, strides: spaceStrides(input.dims, view.blocksize) },
    );
    return [output];
  },
};
