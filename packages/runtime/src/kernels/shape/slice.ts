import { allNumbers, slice, sliceBounds } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';

export const sliceKernel: Kernel = {
  name: 'Slice',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const view = slice.view(ctx.op);
    const dims = resultDims(ctx, slice, view);
    const starts = allNumbers(view.starts) ?? [];
    const ends = allNumbers(view.ends) ?? [];
    const own = strides(input.dims);
    const steps = [...own];
    let offset = 0;
    view.axes?.forEach((axis, i) => {
      const step = view.steps?.[i] ?? 1;
      const { first } = sliceBounds(input.dims[axis] ?? 0, starts[i] ?? 0, ends[i] ?? 0, step);
      offset += first * (own[axis] ?? 0);
      steps[axis] = step * (own[axis] ?? 0);
    });
    if (offset === 0 && dims.every((size, axis) => size === input.dims[axis] && steps[axis] === own[axis])) {
      return [input];
    }
    const output = ctx.alloc(input.dtype, dims);
    stridedCopy(
      dims,
      { view: wordsOf(output), offset: 0, strides: strides(dims) },
      { view: wordsOf(input), offset, strides: steps },
    );
    return [output];
  },
};
