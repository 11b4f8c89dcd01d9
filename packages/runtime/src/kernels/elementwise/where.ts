import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import { broadcastLoop, forEachRow } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { booleans, requireBroadcast, requireSameDType } from './loops.ts';

/** Elements are moved as words, so that any type will do. */
export const where: Kernel = {
  name: 'Where',
  run(inputs, ctx) {
    const condition = asTensor(inputs[0], ctx, 0);
    const chosen = booleans(condition, ctx, 0);
    const a = asTensor(inputs[1], ctx, 1);
    const b = asTensor(inputs[2], ctx, 2);
    requireSameDType(a, b, ctx);
    const dims = requireBroadcast(requireBroadcast(condition.dims, a.dims, ctx), b.dims, ctx);
    const result = ctx.alloc(a.dtype, dims);
    select(result, chosen, condition.dims, a, b);
    return [result];
  },
};

function select(
  result: NdArray,
  chosen: Uint8Array,
  chosenDims: readonly number[],
  a: NdArray,
  b: NdArray,
): void {
  const loop = broadcastLoop(result.dims, chosenDims, a.dims, b.dims);
  const [dc = 0, dx = 0, dy = 0] = loop.steps;
  const { words: out, width } = wordsOf(result);
  const p = wordsOf(a).words;
  const q = wordsOf(b).words;
  forEachRow(loop, (at, [c = 0, x = 0, y = 0]) => {
    for (let i = 0, k = c, u = x, v = y; i < loop.length; i += 1, k += dc, u += dx, v += dy) {
      const isFirst = chosen[k] === 1;
      const from = isFirst ? p : q;
      const start = (isFirst ? u : v) * width;
      for (let w = 0; w < width; w += 1) out[(at + i) * width + w] = from[start + w] as number & string;
    }
  });
}
