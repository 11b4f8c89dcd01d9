import { splitHeads } from '@refold/ir';
import type { Site } from '../site.ts';

/** A tensor of [length, size] matrices, one for each sample and head. Strides in elements. */
export interface Heads {
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly size: number;
  readonly batchStride: number;
  readonly headStride: number;
  readonly rowStride: number;
}

/** An operand of floats [B, heads, length, size], or [B, length, heads * size] with the number of heads given. */
export function headsOf(site: Site, index: number, count: number | undefined): Heads | undefined {
  const dims = site.dims(index);
  if (!dims || (dims.length !== 3 && dims.length !== 4)) return undefined;
  const sizes = splitHeads(site.op, index, dims, count);
  const [batch, heads, length, size] = [sizes.batch, sizes.heads, sizes.length, sizes.size].map(Number);
  if (!batch || !heads || !length || !size) return undefined;
  const shape = { batch, heads, length, size, batchStride: heads * length * size };
  return dims.length === 4
    ? { ...shape, headStride: length * size, rowStride: size }
    : { ...shape, headStride: size, rowStride: heads * size };
}

/** Where the rows of one head begin, in bytes from the beginning of the tensor. */
export function headAt({ batchStride, headStride }: Heads, sample: number, head: number): number {
  return (sample * batchStride + head * headStride) * 4;
}
