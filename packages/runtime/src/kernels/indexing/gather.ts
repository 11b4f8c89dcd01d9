import { gather } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';
import { indicesOf, placesOf, takeSlices } from './places.ts';

export const gatherKernel: Kernel = {
  name: 'Gather',
  run(inputs, ctx) {
    const data = asTensor(inputs[0], ctx, 0);
    const indices = indicesOf(inputs, ctx, 1);
    const view = gather.view(ctx.op);
    const dims = resultDims(ctx, gather, view);
    const places = placesOf(ctx.op, indices, data.dims[view.axis] ?? 0);
    return [takeSlices(ctx, data, view.axis, places, dims)];
  },
};
