import { tensorScatter } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor, reals } from '../../tensor/reals.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { around, copyOf, indicesOf } from './places.ts';

export const tensorScatterKernel: Kernel = {
  name: 'TensorScatter',
  run(inputs, ctx) {
    const cache = asTensor(inputs[0], ctx, 0);
    const update = asTensor(inputs[1], ctx, 1);
    const view = tensorScatter.view(ctx.op);
    tensorScatter.infer(ctx.op, view);
    checkShapes(ctx, cache, update, view.axis);
    const { outer, size: room, inner } = around(cache.dims, view.axis);
    const steps = update.dims[view.axis] ?? 0;
    const batches = cache.dims[0] ?? 0;
    const starts = inputs[2] === undefined ? undefined : reals(indicesOf(inputs, ctx, 2));
    if (starts !== undefined && starts.length !== batches) {
      throw ctx.op.invalid(`${starts.length} write indices for ${batches} batches`);
    }
    const output = copyOf(ctx, cache);
    const { words: target, width } = wordsOf(output);
    const { words: source } = wordsOf(update);
    const perBatch = batches === 0 ? 0 : outer / batches;
    const run = inner * width;
    for (let b = 0, o = 0; b < batches; b += 1) {
      const start = startOf(ctx, starts?.[b] ?? 0, room, steps, view.mode === 'circular');
      // What does not fit behind the start goes on at the front.
      const behind = Math.min(steps, room - start);
      for (let i = 0; i < perBatch; i += 1, o += 1) {
        const from = o * steps * run;
        const to = o * room * run;
        copyWords(target, to + start * run, source, from, behind * run);
        copyWords(target, to, source, from + behind * run, (steps - behind) * run);
      }
    }
    return [output];
  },
};

function checkShapes(ctx: KernelContext, cache: NdArray, update: NdArray, axis: number): void {
  if (cache.dtype !== update.dtype)
    throw ctx.op.invalid(`the cache is ${cache.dtype}, the update ${update.dtype}`);
  const fits = cache.dims.every((size, i) =>
    i === axis ? (update.dims[i] ?? 0) <= size : update.dims[i] === size,
  );
  if (!fits) throw ctx.op.invalid(`an update [${update.dims}] does not fit a cache [${cache.dims}]`);
}

function startOf(ctx: KernelContext, index: number, room: number, steps: number, circular: boolean): number {
  if (index < 0 || (!circular && index + steps > room)) {
    throw ctx.op.invalid(`${steps} steps from ${index} on do not fit a cache of ${room}`);
  }
  return circular && room > 0 ? index % room : index;
}
