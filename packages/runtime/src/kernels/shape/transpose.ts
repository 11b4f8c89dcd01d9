import { transpose } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';

export const transposeKernel: Kernel = {
  name: 'Transpose',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const view = transpose.view(ctx.op);
    const perm = view.perm ?? [];
    const dims = resultDims(ctx, transpose, view);
    if (keepsOrder(perm, input.dims)) return [input.reshaped(dims)];
    const own = strides(input.dims);
    const output = ctx.alloc(input.dtype, dims);
    stridedCopy(
      dims,
      { view: wordsOf(output), offset: 0, strides: strides(dims) },
      { view: wordsOf(input), offset: 0, strides: perm.map((axis) => own[axis] ?? 0) },
    );
    return [output];
  },
};

/** Whether the axes that have more than one element stay in their order, so that no element moves. */
function keepsOrder(perm: readonly number[], dims: readonly number[]): boolean {
  let last = -1;
  for (const axis of perm) {
    if (dims[axis] === 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}
