import { concat } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';

export const concatKernel: Kernel = {
  name: 'Concat',
  run(inputs, ctx) {
    const parts = inputs.map((value, i) => asTensor(value, ctx, i));
    const view = concat.view(ctx.op);
    const dims = resultDims(ctx, concat, view);
    const [first] = parts;
    if (first === undefined) throw ctx.op.invalid('there are no inputs');
    if (parts.length === 1) return [first];
    if (parts.some((part) => part.dtype !== first.dtype)) throw ctx.op.invalid('the inputs differ in type');
    const output = ctx.alloc(first.dtype, dims);
    const target = wordsOf(output);
    const steps = strides(dims);
    let start = 0;
    for (const part of parts) {
      stridedCopy(
        part.dims,
        { view: target, offset: start * (steps[view.axis] ?? 0), strides: steps },
        { view: wordsOf(part), offset: 0, strides: strides(part.dims) },
      );
      start += part.dims[view.axis] ?? 0;
    }
    return [output];
  },
};
