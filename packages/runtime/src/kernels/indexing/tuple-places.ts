import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { strides } from '../../tensor/strides.ts';
import type { KernelContext } from '../kernel.ts';

/**
 * Where the slices start that the tuples of indices stand for, in elements of the data. The first `batch`
 * axes are shared: a tuple of batch `i` points into batch `i` of the data. Throws for indices out of range.
 */
export function tuplePlaces(
  ctx: KernelContext,
  data: NdArray,
  indices: NdArray,
  batch: number,
): Float64Array {
  const k = indices.dims[indices.rank - 1] ?? 1;
  const sizes = data.dims.slice(batch, batch + k);
  const steps = strides(data.dims);
  const numbers = reals(indices);
  let batches = 1;
  for (let axis = 0; axis < batch; axis += 1) batches *= data.dims[axis] ?? 1;
  let count = 1;
  for (let axis = 0; axis < indices.rank - 1; axis += 1) count *= indices.dims[axis] ?? 1;
  const perBatch = batches === 0 ? 0 : count / batches;
  const batchStep = batches === 0 ? 0 : data.size / batches;
  const places = new Float64Array(count);
  for (let b = 0, t = 0; b < batches; b += 1) {
    for (let i = 0; i < perBatch; i += 1, t += 1) {
      let place = b * batchStep;
      for (let axis = 0; axis < k; axis += 1) {
        const index = numbers[t * k + axis] as number;
        const size = sizes[axis] ?? 0;
        if (index < -size || index >= size) {
          throw ctx.op.invalid(`index ${index} is out of range for an axis of size ${size}`);
        }
        place += (index < 0 ? index + size : index) * (steps[batch + axis] ?? 0);
      }
      places[t] = place;
    }
  }
  return places;
}
