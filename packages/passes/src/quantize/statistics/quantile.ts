import type { Histogram } from './histogram.ts';

/**
 * The number below which a share `p` of all finite numbers lies, with numbers spread evenly in each bin; 0 when
 * there are none. Within 2^-8 of the exact one, relative to it.
 */
export function quantile(histogram: Histogram, p: number): number {
  const wanted = p * histogram.count;
  let below = 0;
  let last = 0;
  const bins = histogram.packedBins();
  for (let i = 0; i < bins.length; i += 3) {
    const [low, high, count] = [bins[i] as number, bins[i + 1] as number, bins[i + 2] as number];
    if (below + count >= wanted) return low + (high - low) * Math.max(0, (wanted - below) / count);
    below += count;
    last = high;
  }
  return last;
}
