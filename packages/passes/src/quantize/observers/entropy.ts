import type { Bin } from '../statistics/histogram.ts';
import type { Range } from '../statistics/range.ts';
import { codeOf, type Theta, thetaOf } from '../theta/theta.ts';
import { cheapest, clipsOf } from './clips.ts';
import type { Observer } from './observer.ts';

/**
 * The range whose codes say most about where numbers lie: the least divergence (Kullback-Leibler) of what codes
 * leave of the histogram from the histogram itself, saturated numbers counted at the ends. Zeros, which every
 * scale has exactly, do not count.
 */
export const entropy: Observer = {
  name: 'entropy',
  range(histogram, format) {
    const bins = histogram.bins();
    return cheapest(clipsOf(histogram), (range) => divergence(bins, range, thetaOf(range, format)));
  },
};

/** A bin that is not saturated. */
interface Part {
  readonly code: number;
  /** How much of the number line it is. */
  readonly width: number;
  /** How many numbers it holds. */
  readonly inside: number;
  /** The same, with saturated numbers at the outermost parts. */
  mass: number;
}

/** Each code spreads its mass evenly over the parts of the histogram that it stands for and that are not empty. */
function divergence(bins: readonly Bin[], range: Range, theta: Theta): number {
  const { parts, total } = partsOf(bins, range, theta);
  const codes = new Map<number, { mass: number; width: number }>();
  for (const { code, width, inside } of parts) {
    const sum = codes.get(code) ?? { mass: 0, width: 0 };
    sum.mass += inside;
    sum.width += width;
    codes.set(code, sum);
  }
  let insideTotal = 0;
  for (const { mass } of codes.values()) insideTotal += mass;
  let bits = 0;
  for (const { code, width, mass } of parts) {
    const sum = codes.get(code);
    if (!sum || mass === 0) continue;
    const spread = (sum.mass * width) / sum.width / insideTotal;
    bits += spread > 0 ? (mass / total) * Math.log2(mass / total / spread) : Number.POSITIVE_INFINITY;
  }
  return bits;
}

/** The bins inside the range; what lies outside is added to the outermost ones. */
function partsOf(bins: readonly Bin[], range: Range, theta: Theta): { parts: Part[]; total: number } {
  const parts: Part[] = [];
  let under = 0;
  let over = 0;
  let total = 0;
  for (const bin of bins) {
    if (bin.low === 0 && bin.high === 0) continue;
    total += bin.count;
    const middle = (bin.low + bin.high) / 2;
    if (middle < range.min) under += bin.count;
    else if (middle > range.max) over += bin.count;
    else parts.push(partOf(bin, codeOf(middle, theta)));
  }
  const [first, last] = [parts[0], parts.at(-1)];
  if (first) first.mass += under;
  if (last) last.mass += over;
  return { parts, total };
}

function partOf({ low, high, count }: Bin, code: number): Part {
  // A bin of one number has no width: any positive one does, since it is alone in its bin.
  return { code, width: high > low ? high - low : Math.abs(low) * 2 ** -8, mass: count, inside: count };
}
