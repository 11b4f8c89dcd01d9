import { elementCount, gatherND } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';
import { indicesOf } from './places.ts';
import { tuplePlaces } from './tuple-places.ts';

export const gatherNDKernel: Kernel = {
  name: 'GatherND',
  run(inputs, ctx) {
    const data = asTensor(inputs[0], ctx, 0);
    const indices = indicesOf(inputs, ctx, 1);
    const view = gatherND.view(ctx.op);
    const output = ctx.alloc(data.dtype, resultDims(ctx, gatherND, view));
    const places = tuplePlaces(ctx, data, indices, view.batch_dims);
    const { words: source, width } = wordsOf(data);
    const { words: target } = wordsOf(output);
    const k = indices.dims[indices.rank - 1] ?? 1;
    const run = elementCount(data.dims.slice(view.batch_dims + k)) * width;
    for (let t = 0, at = 0; t < places.length; t += 1, at += run) {
      copyWords(target, at, source, (places[t] as number) * width, run);
    }
    return [output];
  },
};
