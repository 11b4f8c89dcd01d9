import type { Histogram } from '../statistics/histogram.ts';
import { type Range, rangeOf } from '../statistics/range.ts';

const STEPS = 96;
const LEAST = 0.05;

/**
 * The range of the histogram cut to a share of its larger end, from all of it down to a twentieth in even steps.
 * The smaller end is only cut where it reaches further.
 */
export function clipsOf(histogram: Histogram): readonly Range[] {
  const whole = rangeOf(histogram);
  const reach = Math.max(-whole.min, whole.max);
  return Array.from({ length: STEPS }, (_, i) => {
    const bound = reach * (1 - ((1 - LEAST) * i) / (STEPS - 1));
    return { min: Math.max(whole.min, -bound), max: Math.min(whole.max, bound) };
  });
}

/** The range with the least cost; the widest of equal ones. `costOf` is told of the least cost so far. */
export function cheapest(ranges: readonly Range[], costOf: (range: Range, least: number) => number): Range {
  let best: Range = { min: 0, max: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (const range of ranges) {
    const cost = costOf(range, least);
    if (cost < least) {
      best = range;
      least = cost;
    }
  }
  return best;
}
