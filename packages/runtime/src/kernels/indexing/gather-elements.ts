import { gatherElements } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';
import { forEachElementRow } from './element-rows.ts';
import { indicesOf } from './places.ts';

export const gatherElementsKernel: Kernel = {
  name: 'GatherElements',
  run(inputs, ctx) {
    const data = asTensor(inputs[0], ctx, 0);
    const indices = indicesOf(inputs, ctx, 1);
    const view = gatherElements.view(ctx.op);
    const output = ctx.alloc(data.dtype, resultDims(ctx, gatherElements, view));
    const { words: source, width } = wordsOf(data);
    const { words: target } = wordsOf(output);
    forEachElementRow(ctx, data, indices, view.axis, (start, places) => {
      let at = start * width;
      for (let j = 0; j < places.length; j += 1) {
        const from = (places[j] as number) * width;
        for (let word = 0; word < width; word += 1, at += 1)
          target[at] = source[from + word] as number & string;
      }
    });
    return [output];
  },
};
