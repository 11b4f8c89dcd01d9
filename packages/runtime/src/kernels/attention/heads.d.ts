import { type OpContext } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals } from '../../tensor/reals.ts';
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
export declare function headsOf(
  ctx: OpContext,
  index: number,
  array: NdArray,
  count: number | undefined,
): Heads;
/** The matrix of one head, from row `first` on. */
export declare function headMatrix(heads: Heads, sample: number, head: number, first?: number): Matrix;
/** Copies a tensor of heads, row by row, into a dense [B, heads, total, size], from row `first` of each head on. */
export declare function copyHeads(
  from: Heads,
  into: Float32Array | Float64Array,
  total: number,
  first: number,
): void;
