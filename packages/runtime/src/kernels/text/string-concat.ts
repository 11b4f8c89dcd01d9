import { isStrings } from '../../tensor/codec.ts';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import { broadcastDims, broadcastLoop, forEachRow } from '../../tensor/strides.ts';
import type { Kernel, KernelContext } from '../kernel.ts';

/** Elementwise concatenation with broadcasting. */
export const stringConcatKernel: Kernel = {
  name: 'StringConcat',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const y = asTensor(inputs[1], ctx, 1);
    const dims = broadcastDims(x.dims, y.dims);
    if (dims === undefined) {
      throw ctx.op.invalid(`[${x.dims.join(', ')}] and [${y.dims.join(', ')}] do not broadcast`);
    }
    const out = ctx.alloc('string', dims);
    const to = stringsOf(out, ctx);
    const a = stringsOf(x, ctx);
    const b = stringsOf(y, ctx);
    const loop = broadcastLoop(dims, x.dims, y.dims);
    const [aStep = 0, bStep = 0] = loop.steps;
    forEachRow(loop, (at, [aStart = 0, bStart = 0]) => {
      for (let i = 0; i < loop.length; i += 1) {
        to[at + i] = (a[aStart + i * aStep] ?? '') + (b[bStart + i * bStep] ?? '');
      }
    });
    return [out];
  },
};

/** The elements of a string tensor. */
export function stringsOf(array: NdArray, ctx: KernelContext): string[] {
  if (!isStrings(array.data)) throw ctx.op.invalid(`an input is ${array.dtype}, and must be string`);
  return array.data;
}
