import { dtypeKind, eyeLike } from '@refold/ir';
import { asTensor, fromReals } from '../../tensor/reals.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';

export const eyeLikeKernel: Kernel = {
  name: 'EyeLike',
  run(inputs, ctx) {
    asTensor(inputs[0], ctx, 0);
    const view = eyeLike.view(ctx.op);
    const dims = resultDims(ctx, eyeLike, view);
    const [rows = 0, columns = 0] = dims;
    if (view.dtype === undefined) throw ctx.op.invalid('the element type is not known');
    const kind = dtypeKind(view.dtype);
    if (kind === 'string' || kind === 'complex') throw ctx.op.invalid(`a ${view.dtype} result has no ones`);
    const output = ctx.alloc(view.dtype, dims);
    const one = wordsOf(fromReals(view.dtype, [], [1]));
    const { words, width } = wordsOf(output);
    const first = Math.max(0, -view.k);
    const last = Math.min(rows, columns - view.k);
    for (let row = first; row < last; row += 1) {
      copyWords(words, (row * columns + row + view.k) * width, one.words, 0, width);
    }
    return [output];
  },
};
