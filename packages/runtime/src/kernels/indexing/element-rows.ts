import type { NdArray } from '../../tensor/nd-array.ts';
import { forEachRow, strides } from '../../tensor/strides.ts';
import type { KernelContext } from '../kernel.ts';
import { placesOf } from './places.ts';

/**
 * The pairing of GatherElements and ScatterElements: entry (i, j, ...) of the indices stands for the element
 * of the data at the same coordinates, but for the one along `axis`, which the index replaces. Calls `visit`
 * for each innermost row of the indices with where it starts and the places in the data, in one array that
 * changes from call to call.
 */
export function forEachElementRow(
  ctx: KernelContext,
  data: NdArray,
  indices: NdArray,
  axis: number,
  visit: (start: number, places: Float64Array) => void,
): void {
  indices.dims.forEach((size, k) => {
    if (k !== axis && size > (data.dims[k] ?? 0)) {
      throw ctx.op.invalid(`the indices have size ${size} on axis ${k}, the data ${data.dims[k]}`);
    }
  });
  const along = placesOf(ctx.op, indices, data.dims[axis] ?? 0);
  const own = strides(data.dims);
  const step = own[axis] ?? 0;
  const steps = own.map((s, k) => (k === axis ? 0 : s));
  const last = indices.rank - 1;
  const across = steps[last] ?? 0;
  const length = indices.dims[last] ?? 1;
  const row = new Float64Array(length);
  const loop = {
    outer: indices.dims.slice(0, last),
    outerStrides: [steps.slice(0, last)],
    length,
    steps: [across],
  };
  forEachRow(loop, (start, [base = 0]) => {
    for (let j = 0; j < length; j += 1) row[j] = base + (along[start + j] as number) * step + j * across;
    visit(start, row);
  });
}
