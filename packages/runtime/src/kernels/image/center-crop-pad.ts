import { centerCropPad } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';

/** Copies the centre that input and result have in common; the rest of the result is zero. */
export const centerCropPadKernel: Kernel = {
  name: 'CenterCropPad',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const dims = resultDims(ctx, centerCropPad, centerCropPad.view(ctx.op));
    const out = ctx.alloc(input.dtype, dims);
    const to = strides(dims);
    const from = strides(input.dims);
    let toOffset = 0;
    let fromOffset = 0;
    const common = dims.map((size, axis) => {
      const before = input.dims[axis] ?? 0;
      if (size < before) fromOffset += Math.floor((before - size) / 2) * (from[axis] ?? 0);
      else toOffset += Math.floor((size - before) / 2) * (to[axis] ?? 0);
      return Math.min(size, before);
    });
    stridedCopy(
      common,
      { view: wordsOf(out), offset: toOffset, strides: to },
      { view: wordsOf(input), offset: fromOffset, strides: from },
    );
    return [out];
  },
};
