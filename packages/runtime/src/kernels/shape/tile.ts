import { tile } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';

export const tileKernel: Kernel = {
  name: 'Tile',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const dims = resultDims(ctx, tile, tile.view(ctx.op));
    const output = ctx.alloc(input.dtype, dims);
    if (output.size === 0) return [output];
    // Each axis becomes two: the repetition, which the source does not move along, and the axis itself.
    const own = strides(input.dims);
    const paired = input.dims.flatMap((size, axis) => [(dims[axis] ?? 0) / size, size]);
    stridedCopy(
      paired,
      { view: wordsOf(output), offset: 0, strides: strides(paired) },
      { view: wordsOf(input), offset: 0, strides: own.flatMap((stride) => [0, stride]) },
    );
    return [output];
  },
};
