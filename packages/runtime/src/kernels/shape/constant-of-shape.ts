import { constantOfShape } from '@refold/ir';
import { ndFromTensor } from '../../tensor/codec.ts';
import { fillWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';

export const constantOfShapeKernel: Kernel = {
  name: 'ConstantOfShape',
  run(_inputs, ctx) {
    const view = constantOfShape.view(ctx.op);
    const output = ctx.alloc(view.dtype, resultDims(ctx, constantOfShape, view));
    const value = ctx.op.tensor('value');
    if (value === undefined) return [output];
    const element = wordsOf(ndFromTensor(value));
    const { words, width } = wordsOf(output);
    fillWords(words, 0, element.words, 0, output.size, width);
    return [output];
  },
};
