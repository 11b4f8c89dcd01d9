import { allNumbers, split } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';

export const splitKernel: Kernel = {
  name: 'Split',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const view = split.view(ctx.op);
    const sizes = allNumbers(view.split);
    if (sizes === undefined) throw ctx.op.invalid('the sizes of the parts are not determined');
    const source = wordsOf(input);
    const steps = strides(input.dims);
    let start = 0;
    return Array.from({ length: ctx.outputCount }, (_, i) => {
      const size = sizes[i] ?? 0;
      const offset = start * (steps[view.axis] ?? 0);
      start += size;
      if (!ctx.wants(i)) return undefined;
      const dims = input.dims.map((d, axis) => (axis === view.axis ? size : d));
      const output = ctx.alloc(input.dtype, dims);
      stridedCopy(
        dims,
        { view: wordsOf(output), offset: 0, strides: strides(dims) },
        { view: source, offset, strides: steps },
      );
      return output;
    });
  },
};
