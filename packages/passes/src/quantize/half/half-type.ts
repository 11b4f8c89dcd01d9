import type { DType } from '@refold/ir';
import type { Histogram } from '../statistics/histogram.ts';

/** The types of 16 bits that floats can be converted to. */
export type HalfType = Extract<DType, 'float16' | 'bfloat16'>;

interface Limits {
  /** The largest finite number. */
  readonly largest: number;
  /** Below, precision goes down; of float16 that is not far off. */
  readonly leastNormal: number;
  /** Below half of it, numbers become 0. */
  readonly least: number;
}

export const halfLimits: Readonly<Record<HalfType, Limits>> = {
  float16: { largest: 65504, leastNormal: 2 ** -14, least: 2 ** -24 },
  bfloat16: { largest: (2 - 2 ** -7) * 2 ** 127, leastNormal: 2 ** -126, least: 2 ** -133 },
};

/** How far below the largest number activations must stay: other inputs may be larger than those that were seen. */
const HEADROOM = 4;

/** Share of numbers below the least normal one from which on a tensor loses too much. */
const MOST_TINY = 0.01;

/** Whether the numbers that were seen of a value fit a type. */
export function fitsHalf(seen: Histogram, to: HalfType): boolean {
  const { largest, leastNormal } = halfLimits[to];
  if (to === 'bfloat16') return true;
  if (Math.max(-seen.min, seen.max) >= largest / HEADROOM) return false;
  let [tiny, nonzero] = [0, 0];
  for (const { low, high, count } of seen.bins()) {
    if (low === 0 && high === 0) continue;
    nonzero += count;
    if (Math.max(Math.abs(low), Math.abs(high)) < leastNormal) tiny += count;
  }
  return nonzero === 0 || tiny < MOST_TINY * nonzero;
}
