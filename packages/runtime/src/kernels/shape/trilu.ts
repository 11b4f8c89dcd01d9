import { trilu } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';

export const triluKernel: Kernel = {
  name: 'Trilu',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const { upper, k } = trilu.view(ctx.op);
    trilu.infer(ctx.op, { upper, k });
    if (typeof k !== 'number') throw ctx.op.invalid('k must be a scalar');
    const output = ctx.alloc(input.dtype, input.dims);
    const [rows = 0, columns = 0] = input.dims.slice(-2);
    const source = wordsOf(input);
    const target = wordsOf(output);
    const matrices = rows * columns === 0 ? 0 : input.size / (rows * columns);
    for (let m = 0, at = 0; m < matrices; m += 1) {
      for (let row = 0; row < rows; row += 1, at += columns) {
        // Columns `from .. to` of this row are kept.
        const from = upper ? Math.min(Math.max(row + k, 0), columns) : 0;
        const to = upper ? columns : Math.min(Math.max(row + k + 1, 0), columns);
        const start = (at + from) * source.width;
        copyWords(target.words, start, source.words, start, (to - from) * source.width);
      }
    }
    return [output];
  },
};
