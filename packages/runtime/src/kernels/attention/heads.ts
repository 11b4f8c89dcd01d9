import { type OpContext, splitHeads } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Matrix } from '../linear/matrix.ts';

/** A tensor of [length, size] matrices, one for each sample and head. */
export interface Heads {
  readonly data: Reals;
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly size: number;
  /** Distances in elements between samples, heads and rows. */
  readonly batchStride: number;
  readonly headStride: number;
  readonly rowStride: number;
}

/** Reads [B, heads, length, size], or [B, length, heads * size] with the number of heads given, in place. */
export function headsOf(ctx: OpContext, index: number, array: NdArray, count: number | undefined): Heads {
  const sizes = splitHeads(ctx, index, array.dims, count);
  const [batch, heads, length, size] = [sizes.batch, sizes.heads, sizes.length, sizes.size].map(Number);
  if (batch === undefined || heads === undefined || length === undefined || size === undefined) {
    throw ctx.invalid(`the heads of operand ${index} are not known`);
  }
  const data = reals(array);
  const shape = { data, batch, heads, length, size, batchStride: heads * length * size };
  return array.rank === 4
    ? { ...shape, headStride: length * size, rowStride: size }
    : { ...shape, headStride: size, rowStride: heads * size };
}

/** The matrix of one head, from row `first` on. */
export function headMatrix(heads: Heads, sample: number, head: number, first = 0): Matrix {
  const { data, batchStride, headStride, rowStride } = heads;
  const offset = sample * batchStride + head * headStride + first * rowStride;
  return { data, offset, rowStride, columnStride: 1 };
}

/** Copies a tensor of heads, row by row, into a dense [B, heads, total, size], from row `first` of each head on. */
export function copyHeads(
  from: Heads,
  into: Float32Array | Float64Array,
  total: number,
  first: number,
): void {
  const { data, batch, heads, length, size } = from;
  if (into.length === 0) return;
  for (let b = 0; b < batch; b += 1) {
    for (let h = 0; h < heads; h += 1) {
      const start = ((b * heads + h) * total + first) * size;
      for (let r = 0; r < length; r += 1) {
        const at = b * from.batchStride + h * from.headStride + r * from.rowStride;
        for (let i = 0; i < size; i += 1) into[start + r * size + i] = data[at + i] as number;
      }
    }
  }
}
