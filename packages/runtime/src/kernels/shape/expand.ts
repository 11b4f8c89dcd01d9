import { elementCount, expand } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { broadcastStrides, strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';

export const expandKernel: Kernel = {
  name: 'Expand',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const dims = resultDims(ctx, expand, expand.view(ctx.op));
    if (elementCount(dims) === input.size) return [input.reshaped(dims)];
    const output = ctx.alloc(input.dtype, dims);
    stridedCopy(
      dims,
      { view: wordsOf(output), offset: 0, strides: strides(dims) },
      { view: wordsOf(input), offset: 0, strides: broadcastStrides(input.dims, dims) },
    );
    return [output];
  },
};
