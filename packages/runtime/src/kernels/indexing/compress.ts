import { compress } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { takeSlices } from './places.ts';

export const compressKernel: Kernel = {
  name: 'Compress',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const condition = asTensor(inputs[1], ctx, 1);
    if (condition.dtype !== 'bool' || condition.rank !== 1)
      throw ctx.op.invalid('the condition must be bool [n]');
    const view = compress.view(ctx.op);
    const flat = view.axis === undefined ? input.reshaped([input.size]) : input;
    const axis = view.axis ?? 0;
    const chosen: number[] = [];
    for (let i = 0; i < condition.size; i += 1) if (condition.data[i] !== 0) chosen.push(i);
    const size = flat.dims[axis] ?? 0;
    const last = chosen[chosen.length - 1] ?? -1;
    if (last >= size) throw ctx.op.invalid(`the condition chooses ${last}, the axis has size ${size}`);
    const dims = flat.dims.map((d, i) => (i === axis ? chosen.length : d));
    return [takeSlices(ctx, flat, axis, Float64Array.from(chosen), dims)];
  },
};
