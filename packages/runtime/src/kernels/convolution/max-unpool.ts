import { elementCount, maxUnpool, staticShape, unpooledShape } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { strides } from '../../tensor/strides.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';

/**
 * Where an index into the pooled input lies in the result: indices count in the shape that the window's
 * parameters give, which stands at the front of a larger result. Undefined when it lies outside.
 */
function placeOf(index: number, from: readonly number[], to: readonly number[]): number | undefined {
  let rest = index;
  let place = 0;
  for (const [axis, step] of from.entries()) {
    const at = Math.floor(rest / step);
    rest -= at * step;
    if (at >= (to[axis] ?? 0)) return undefined;
    place = place * (to[axis] ?? 0) + at;
  }
  return place;
}

function unpool(
  ctx: KernelContext,
  x: NdArray,
  indices: NdArray,
  pooled: readonly number[],
  dims: readonly number[],
) {
  const result = realResult(ctx, x.dtype, dims);
  const places = reals(indices);
  const data = reals(x);
  const total = elementCount(pooled);
  const from = strides(pooled);
  for (let i = 0; i < data.length; i += 1) {
    const index = places[i] as number;
    if (!(index >= 0 && index < total)) throw ctx.op.invalid(`index ${index} lies outside ${total} elements`);
    const place = placeOf(index, from, dims);
    if (place !== undefined) result.values[place] = data[i] as number;
  }
  return result.done();
}

export const maxUnpoolKernel: Kernel = {
  name: 'MaxUnpool',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const indices = realOperand(inputs, ctx, 1);
    const view = maxUnpool.view(ctx.op);
    const dims = resultDims(ctx, maxUnpool, view);
    const pooled = staticShape(unpooledShape(view, x.dims)) ?? [];
    return [unpool(ctx, x, indices, pooled, dims)];
  },
};
