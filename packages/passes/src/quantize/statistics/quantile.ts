import type { Histogram } from './histogram.ts';

/**
 * The number below which a share `p` of all finite numbers lies, with numbers spread evenly in each bin; 0 when
 * there are none. Within 2^-8 of the exact one, relative to it.
 */
export function quantile(histogram: Histogram, p: number): number {
  const wanted = p * histogram.count;
  let below = 0;
  let last = 0;
  for (const { low, high, count } of histogram.bins()) {
    if (below + count >= wanted) return low + (high - low) * Math.max(0, (wanted - below) / count);
    below += count;
    last = high;
  }
  return last;
}
