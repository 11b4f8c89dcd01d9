import { elementWidth } from '@refold/ir';
import type { NdArray, NdData } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import { broadcastLoop, forEachRow } from '../../tensor/strides.ts';
import type { Kernel } from '../kernel.ts';
import { booleans, requireBroadcast, requireSameDType } from './loops.ts';

/** Storage whose elements can be moved without looking at their type: every kind of array at once. */
type Cells = { [index: number]: NdData[number]; readonly length: number };

/** Elements are moved as they are stored, so that any type will do; complex ones are two cells. */
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
  const width = elementWidth(a.dtype);
  const loop = broadcastLoop(result.dims, chosenDims, a.dims, b.dims);
  const [dc = 0, dx = 0, dy = 0] = loop.steps;
  const out: Cells = result.data;
  const p: Readonly<Cells> = a.data;
  const q: Readonly<Cells> = b.data;
  forEachRow(loop, (at, [c = 0, x = 0, y = 0]) => {
    for (let i = 0, k = c, u = x, v = y; i < loop.length; i += 1, k += dc, u += dx, v += dy) {
      const from = chosen[k] === 1 ? p : q;
      const start = chosen[k] === 1 ? u : v;
      for (let w = 0; w < width; w += 1)
        out[(at + i) * width + w] = from[start * width + w] as NdData[number];
    }
  });
}
