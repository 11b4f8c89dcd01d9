import { shapeView } from '@refold/ir';
import { NdArray } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';

export const shapeKernel: Kernel = {
  name: 'Shape',
  run(inputs, ctx) {
    const { start, end } = shapeView(ctx.op);
    const sizes = asTensor(inputs[0], ctx, 0).dims.slice(start, end);
    return [new NdArray('int64', [sizes.length], BigInt64Array.from(sizes, BigInt))];
  },
};

export const sizeKernel: Kernel = {
  name: 'Size',
  run(inputs, ctx) {
    return [new NdArray('int64', [], BigInt64Array.of(BigInt(asTensor(inputs[0], ctx, 0).size)))];
  },
};
