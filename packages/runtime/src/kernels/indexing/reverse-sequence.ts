import { elementCount, reverseSequence } from '@refold/ir';
import { asTensor, reals } from '../../tensor/reals.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { indicesOf } from './places.ts';

export const reverseSequenceKernel: Kernel = {
  name: 'ReverseSequence',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const lengths = reals(indicesOf(inputs, ctx, 1));
    const view = reverseSequence.view(ctx.op);
    reverseSequence.infer(ctx.op, view);
    const steps = input.dims[view.time_axis] ?? 0;
    const batches = input.dims[view.batch_axis] ?? 0;
    if (lengths.length !== batches)
      throw ctx.op.invalid(`${lengths.length} lengths for ${batches} sequences`);
    for (const length of lengths) {
      if (length < 0 || length > steps) throw ctx.op.invalid(`length ${length} of ${steps} steps`);
    }
    const output = ctx.alloc(input.dtype, input.dims);
    const { words: source, width } = wordsOf(input);
    const { words: target } = wordsOf(output);
    const run = elementCount(input.dims.slice(2)) * width;
    const [timeStep, batchStep] = view.time_axis === 0 ? [batches * run, run] : [run, steps * run];
    for (let b = 0; b < batches; b += 1) {
      const length = lengths[b] as number;
      for (let t = 0; t < steps; t += 1) {
        const from = t < length ? length - 1 - t : t;
        copyWords(target, b * batchStep + t * timeStep, source, b * batchStep + from * timeStep, run);
      }
    }
    return [output];
  },
};
