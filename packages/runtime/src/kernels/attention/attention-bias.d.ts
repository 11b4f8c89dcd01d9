import type { AttentionView, OpContext } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals } from '../../tensor/reals.ts';

/** The mask operand, seen as [B, heads, queries, width]. */
interface Mask {
  readonly data: Reals;
  readonly boolean: boolean;
  /** Keys that the mask speaks of; the others are masked. */
  readonly width: number;
  readonly strides: readonly number[];
}
/** What is added to the scores of each query and key: masks, causality, windows and the padding of a cache. */
export interface AttentionBias {
  readonly mask: Mask | undefined;
  readonly isCausal: boolean;
  readonly left: number | undefined;
  readonly right: number | undefined;
  /** Valid keys of each sample; undefined when all are. */
  readonly validKeys: Reals | undefined;
  /** Keys before the first query, when they are as many in every sample. */
  readonly past: number;
  readonly queries: number;
}
/** Sizes that a mask has to fit. */
export interface ScoreSizes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
}
export declare function attentionBias(
  ctx: OpContext,
  view: AttentionView,
  mask: NdArray | undefined,
  validKeys: NdArray | undefined,
  past: number,
  sizes: ScoreSizes,
): AttentionBias;
/** Writes the bias of one query to all keys; `row` has an element a key. */
export declare function biasRow(
  bias: AttentionBias,
  sample: number,
  head: number,
  query: number,
  row: Float64Array,
): void;
