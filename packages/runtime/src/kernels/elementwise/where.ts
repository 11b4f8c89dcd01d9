import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import { broadcastLoop, forEachRow } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { booleans, requireBroadcast, requireSameDType } from './loops.ts';

export const where: Kernel = {
  name: 'Where',
  run(inputs, ctx) {
    return [select(inputs[0], asTensor(inputs[1], ctx, 1), asTensor(inputs[2], ctx, 2), ctx)];
  },
};

/**
 * Elements of a where the condition (operand 0) holds, else of b, all broadcast together. They are moved as
 * words, so that any type will do.
 */
export function select(condition: NdValue | undefined, a: NdArray, b: NdArray, ctx: KernelContext): NdArray {
  const chosen = asTensor(condition, ctx, 0);
  const truth = booleans(chosen, ctx, 0);
  requireSameDType(a, b, ctx);
  const dims = requireBroadcast(requireBroadcast(chosen.dims, a.dims, ctx), b.dims, ctx);
  const result = ctx.alloc(a.dtype, dims);
  const loop = broadcastLoop(dims, chosen.dims, a.dims, b.dims);
  const [dc = 0, dx = 0, dy = 0] = loop.steps;
  const { words: out, width } = wordsOf(result);
  const p = wordsOf(a).words;
  const q = wordsOf(b).words;
  forEachRow(loop, (at, [c = 0, x = 0, y = 0]) => {
    for (let i = 0, k = c, u = x, v = y; i < loop.length; i += 1, k += dc, u += dx, v += dy) {
      const isFirst = truth[k] === 1;
      const from = isFirst ? p : q;
      const start = (isFirst ? u : v) * width;
      for (let w = 0; w < width; w += 1) out[(at + i) * width + w] = from[start + w] as number & string;
    }
  });
  return result;
}
