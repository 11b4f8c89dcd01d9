import type { AttentionView, OpContext } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import { broadcastStrides } from '../../tensor/strides.ts';

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

/** Reads operand 3. From opset 24 on it may be narrower than the keys; before, a width of 1 broadcasts. */
function maskOf(ctx: OpContext, array: NdArray, sizes: ScoreSizes): Mask {
  const own = array.dims.at(-1) ?? 1;
  const width = ctx.version < 24 && own === 1 ? sizes.keys : own;
  const full = [sizes.batch, sizes.heads, sizes.queries, width];
  const shift = full.length - array.rank;
  if (shift < 0 || own > sizes.keys || array.dims.some((d, i) => d !== 1 && d !== full[shift + i])) {
    throw ctx.invalid(`a mask of shape [${array.dims.join(', ')}] does not fit scores [${full.join(', ')}]`);
  }
  return {
    data: reals(array),
    boolean: array.dtype === 'bool',
    width,
    strides: broadcastStrides(array.dims, full),
  };
}

export function attentionBias(
  ctx: OpContext,
  view: AttentionView,
  mask: NdArray | undefined,
  validKeys: NdArray | undefined,
  past: number,
  sizes: ScoreSizes,
): AttentionBias {
  if (validKeys && validKeys.size !== sizes.batch)
    throw ctx.invalid('nonpad_kv_seqlen needs one number a sample');
  return {
    mask: mask && maskOf(ctx, mask, sizes),
    isCausal: view.isCausal,
    left: view.leftWindowSize,
    right: view.rightWindowSize,
    validKeys: validKeys && reals(validKeys),
    past,
    queries: sizes.queries,
  };
}

/** Writes the bias of one query to all keys; `row` has an element a key. */
export function biasRow(
  bias: AttentionBias,
  sample: number,
  head: number,
  query: number,
  row: Float64Array,
): void {
  const { mask, validKeys } = bias;
  if (mask) maskRow(mask, sample, head, query, row);
  else row.fill(0);
  const valid = validKeys?.[sample];
  if (valid !== undefined) forbid(row, valid, row.length);
  // Where the query stands among the keys.
  const place = query + (valid === undefined ? bias.past : valid - bias.queries);
  if (bias.isCausal) forbid(row, place + 1, row.length);
  if (bias.right !== undefined) forbid(row, place + bias.right + 1, row.length);
  if (bias.left !== undefined) forbid(row, 0, place - bias.left);
}

function maskRow(mask: Mask, sample: number, head: number, query: number, row: Float64Array): void {
  const { data, strides } = mask;
  const [b = 0, h = 0, q = 0, step = 0] = strides;
  const start = sample * b + head * h + query * q;
  for (let i = 0; i < mask.width; i += 1) {
    const value = data[start + i * step] as number;
    row[i] = mask.boolean ? (value !== 0 ? 0 : Number.NEGATIVE_INFINITY) : value;
  }
  forbid(row, mask.width, row.length);
}

/** Masks keys `from .. to`. */
function forbid(row: Float64Array, from: number, to: number): void {
  const end = Math.min(to, row.length);
  for (let i = Math.max(0, from); i < end; i += 1) row[i] = (row[i] as number) + Number.NEGATIVE_INFINITY;
}
