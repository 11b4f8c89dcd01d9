import { ModelError } from '@refold/ir';
import type { NdValue } from '../tensor/nd-array.ts';

/** An empty batch of large images is far below that; a loop goes around so often in about a second. */
const MAX_EXTENT = 2 ** 28;

/**
 * Refuses tensors without elements whose other axes are absurdly long: they take no memory, which would stop others,
 * but kernels walk along axes. Throws `model/limit`.
 */
export function checkExtent(dims: readonly number[]): void {
  if (!dims.includes(0)) return;
  let extent = 1;
  for (const d of dims) if (d !== 0) extent *= d;
  if (extent <= MAX_EXTENT) return;
  const message = `a tensor of shape [${dims.join(', ')}] has no elements, and axes of more than ${MAX_EXTENT} places`;
  throw new ModelError('model/limit', message);
}

/** The same for operands, as far as they are tensors. */
export function checkExtents(values: readonly (NdValue | undefined)[]): void {
  for (const value of values) if (value?.kind === 'tensor' && value.size === 0) checkExtent(value.dims);
}
