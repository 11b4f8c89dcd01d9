import { attention } from '@refold/ir';
import type { HeadLayout } from '../../kernels/attention/heads.ts';
import { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import type { Address, Place } from '../places.ts';
import type { Lowering } from '../site.ts';
import type { Kernels } from '../wasm/load.ts';
import { type Cached, pastFits, withPast } from './attention-cache.ts';
import { type Mask, maskOf, maskStrides } from './attention-mask.ts';
import { headAt, headsOf } from './heads.ts';

/** Queries whose scores are held at a time: as many rows as a product takes at once. */
const QUERIES = 64;

/** Attention: products of queries and keys, their probabilities, and products with the values, head by head. */
export const lowerAttention: Lowering = (site) => {
  const view = attention.view(site.op);
  const q = headsOf(site, 0, view.qNumHeads);
  const k = headsOf(site, 1, view.kvNumHeads);
  const v = headsOf(site, 2, view.kvNumHeads);
  const [y, presentKey, presentValue, shown] = site.results;
  const past = site.value(4) ? site.dims(4)?.[2] : 0;
  if (!q || !k || !v || !y || shown || view.scale === undefined || past === undefined) return false;
  if (k.heads !== v.heads || k.length !== v.length || k.size !== q.size || q.heads % k.heads !== 0)
    return false;
  if (k.batch !== q.batch || v.batch !== q.batch || !pastFits(site, 4, k) || !pastFits(site, 5, v))
    return false;
  const strides = site.value(3) && maskStrides(site, 3, [q.batch, q.heads, q.length, past + k.length]);
  if (site.value(3) && !strides) return false;

  const keys = withPast(site, 1, k, past, presentKey);
  const values = withPast(site, 2, v, past, presentValue);
  const queries = site.read(0, 'plain');
  const mask = strides && maskOf(site, 3, strides);
  const valid = site.value(6) && site.source(6);
  const all = keys.heads.length;
  const scratch: Scratch = {
    keys: site.scratch(Math.ceil(all / 8) * 8 * q.size * 4),
    values: site.scratch(Math.ceil(v.size / 8) * 8 * all * 4),
    scores: site.scratch(Math.min(QUERIES, q.length) * all * 4),
  };
  site.result = y;
  const result = site.write('plain');
  const headsFirst = site.dims(0)?.length === 4;
  const out: HeadLayout = {
    ...q,
    size: v.size,
    batchStride: q.heads * q.length * v.size,
    headStride: headsFirst ? q.length * v.size : v.size,
    rowStride: headsFirst ? v.size : q.heads * v.size,
  };
  const { scale, softcap, isCausal, leftWindowSize: left, rightWindowSize } = view;
  const right = isCausal ? 0 : rightWindowSize;
  const bounds = { scale, softcap, left, right, past };
  const problem: Problem = { q, out, queries, result, keys, values, mask, scratch, bounds };
  const { kernels } = site.memory;
  const more = [...keys.places, ...values.places, ...(mask?.places ?? []), valid?.place];
  site.emit('attention', [queries, result, ...Object.values(scratch), ...more], (state) => {
    keys.prepare();
    values.prepare();
    mask?.prepare(state);
    const lengths = valid?.read(state);
    attend(kernels, problem, lengths instanceof NdArray ? reals(lengths) : undefined);
  });
  return true;
};

interface Scratch {
  readonly keys: Place;
  readonly values: Place;
  readonly scores: Place;
}

interface Problem {
  readonly q: HeadLayout;
  readonly out: HeadLayout;
  readonly queries: Place | Address;
  readonly result: Place;
  readonly keys: Cached;
  readonly values: Cached;
  readonly mask: Mask | undefined;
  readonly scratch: Scratch;
  readonly bounds: {
    readonly scale: number;
    readonly softcap: number;
    /** How many keys before and after its own place a query sees. */
    readonly left: number | undefined;
    readonly right: number | undefined;
    readonly past: number;
  };
}

/** `valid` is how many keys of each sample there are, where that is not all of them. */
function attend(kernels: Kernels, problem: Problem, valid: ArrayLike<number> | undefined): void {
  const { q, keys, values, scratch } = problem;
  const { heads: k } = keys;
  const { heads: v } = values;
  const sharing = q.heads / k.heads;
  for (let b = 0; b < q.batch; b += 1) {
    for (let h = 0; h < q.heads; h += 1) {
      if (h % sharing === 0) {
        const [from, other] = [keys.place.at + headAt(k, b, h / sharing), headAt(v, b, h / sharing)];
        kernels.packColumns(q.size, k.length, from, 4, k.rowStride * 4, scratch.keys.at);
        kernels.packColumns(k.length, v.size, values.place.at + other, v.rowStride * 4, 4, scratch.values.at);
      }
      for (let first = 0; first < q.length; first += QUERIES) {
        attendRows(kernels, problem, b, h, first, Math.min(QUERIES, q.length - first), valid?.[b]);
      }
    }
  }
}

/** More than any number of keys. */
const FAR = 2 ** 30;

/** Queries `first` to `first + count` of one head. */
function attendRows(
  kernels: Kernels,
  { q, out, queries, result, keys, mask, scratch, bounds }: Problem,
  sample: number,
  head: number,
  first: number,
  count: number,
  valid: number | undefined,
): void {
  const { length } = keys.heads;
  const { scale, softcap, left, right, past } = bounds;
  const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const scores = scratch.scores.at;
  const from = queries.at + headAt(q, sample, head) + first * q.rowStride * 4;
  const panels = scratch.keys.at;
  kernels.gemm(
    ...([count, length, q.size, from, q.rowStride * 4, 16, panels, scores, length * 4, 16] as const),
    ...([0, 0, low, high] as const),
  );
  // Where the first of these queries stands among the keys.
  const place = first + (valid === undefined ? past : valid - q.length);
  const begin = left === undefined ? -FAR : place - left;
  const end = right === undefined ? FAR : place + right + 1;
  const bias = mask ? mask.place.at + sample * mask.sample + head * mask.head + first * mask.query : 0;
  kernels.attend(
    ...([count, length, scores, scale, softcap, bias, mask?.query ?? 0] as const),
    ...([Math.max(begin, -FAR), Math.min(end, FAR), Math.min(valid ?? length, length)] as const),
  );
  const to = result.at + headAt(out, sample, head) + first * out.rowStride * 4;
  kernels.gemm(
    ...([
      count,
      out.size,
      length,
      scores,
      length * 4,
      16,
      scratch.values.at,
      to,
      out.rowStride * 4,
      16,
    ] as const),
    ...([0, 0, low, high] as const),
  );
}
