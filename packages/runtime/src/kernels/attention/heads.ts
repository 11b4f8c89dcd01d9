import { type OpContext, splitHeads } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Matrix } from '../linear/matrix.ts';

/** Where the [length, size] matrices of a tensor lie, one for each sample and head. */
export interface HeadLayout {
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly size: number;
  /** Distances in elements between samples, heads and rows. */
  readonly batchStride: number;
  readonly headStride: number;
  readonly rowStride: number;
}

/** Such a tensor. */
export interface Heads extends HeadLayout {
  readonly data: Reals;
}

/**
 * The layout of [B, heads, length, size], or of [B, length, heads * size] with the number of heads given; undefined when
 * a size is not known. Operands of other ranks are refused.
 */
export function headLayout(
  ctx: OpContext,
  index: number,
  dims: readonly number[],
  count: number | undefined,
): HeadLayout | undefined {
  const sizes = splitHeads(ctx, index, dims, count);
  const [batch, heads, length, size] = [sizes.batch, sizes.heads, sizes.length, sizes.size].map(Number);
  if (batch === undefined || heads === undefined || length === undefined || size === undefined)
    return undefined;
  const shape = { batch, heads, length, size, batchStride: heads * length * size };
  return dims.length === 4
    ? { ...shape, headStride: length * size, rowStride: size }
    : { ...shape, headStride: size, rowStride: heads * size };
}

/** Reads [B, heads, length, size], or [B, length, heads * size] with the number of heads given, in place. */
export function headsOf(ctx: OpContext, index: number, array: NdArray, count: number | undefined): Heads {
  const layout = headLayout(ctx, index, array.dims, count);
  if (!layout) throw ctx.invalid(`the heads of operand ${index} are not known`);
  return { ...layout, data: reals(array) };
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
