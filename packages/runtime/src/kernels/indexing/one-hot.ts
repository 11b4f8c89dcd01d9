import { oneHot } from '@refold/ir';
import { asTensor, reals } from '../../tensor/reals.ts';
import { copyWords, fillWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { resultDims } from '../result-dims.ts';
import { around } from './places.ts';

export const oneHotKernel: Kernel = {
  name: 'OneHot',
  run(inputs, ctx) {
    const indices = reals(realOperand(inputs, ctx, 0));
    const values = asTensor(inputs[2], ctx, 2);
    if (values.size !== 2) throw ctx.op.invalid('the values must be two: off and on');
    const view = oneHot.view(ctx.op);
    const output = ctx.alloc(values.dtype, resultDims(ctx, oneHot, view));
    const { words, width } = wordsOf(output);
    const { words: offOn } = wordsOf(values);
    fillWords(words, 0, offOn, 0, output.size, width);
    const { outer, size: depth, inner } = around(output.dims, view.axis);
    for (let o = 0, i = 0; o < outer; o += 1) {
      for (let j = 0; j < inner; j += 1, i += 1) {
        const index = Math.trunc(indices[i] as number);
        // An index out of range, or none at all, leaves the vector off.
        if (!(index >= -depth && index < depth)) continue;
        const at = (o * depth + (index < 0 ? index + depth : index)) * inner + j;
        copyWords(words, at * width, offOn, width, width);
      }
    }
    return [output];
  },
};
