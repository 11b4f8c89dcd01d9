import { elementCount, scatter, scatterElements, scatterND } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { forEachElementRow } from './element-rows.ts';
import { indicesOf } from './places.ts';
import { tuplePlaces } from './tuple-places.ts';
import { scatterInto } from './updates.ts';

function scatterElementsKernel(operator: typeof scatterElements): Kernel {
  return {
    name: operator.name,
    run(inputs, ctx) {
      const data = asTensor(inputs[0], ctx, 0);
      const indices = indicesOf(inputs, ctx, 1);
      const view = operator.view(ctx.op);
      operator.infer(ctx.op, view);
      const updates = scatterInto(ctx, data, asTensor(inputs[2], ctx, 2), view.reduction);
      forEachElementRow(ctx, data, indices, view.axis, (start, places) => updates.apply(places, start, 1));
      return [updates.done()];
    },
  };
}

export const scatterKernels: readonly Kernel[] = [
  scatterElementsKernel(scatter),
  scatterElementsKernel(scatterElements),
  {
    name: 'ScatterND',
    run(inputs, ctx) {
      const data = asTensor(inputs[0], ctx, 0);
      const indices = indicesOf(inputs, ctx, 1);
      const view = scatterND.view(ctx.op);
      scatterND.infer(ctx.op, view);
      const updates = scatterInto(ctx, data, asTensor(inputs[2], ctx, 2), view.reduction);
      const k = indices.dims[indices.rank - 1] ?? 1;
      updates.apply(tuplePlaces(ctx, data, indices, 0), 0, elementCount(data.dims.slice(k)));
      return [updates.done()];
    },
  },
];
