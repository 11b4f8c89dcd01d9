import type { Histogram } from '../statistics/histogram.ts';
import { emptyRange, joinRanges, type Range, rangeOf, widthOf } from '../statistics/range.ts';
import type { Format } from '../theta/format.ts';
import { thetaOf } from '../theta/theta.ts';
import { coarsestScale, type Tolerance } from './tolerance.ts';

/** What is known of the tensors of a class together, so that two classes can be weighed in constant time. */
export interface Spread {
  readonly range: Range;
  /** The coarsest scale that all of them bear. */
  readonly coarsest: number;
}

export const noSpread: Spread = { range: emptyRange, coarsest: Number.POSITIVE_INFINITY };

export function spreadOf(histogram: Histogram, format: Format, tolerance: Tolerance): Spread {
  return { range: rangeOf(histogram), coarsest: coarsestScale(histogram, format, tolerance) };
}

export function joinSpreads(a: Spread, b: Spread): Spread {
  return { range: joinRanges(a.range, b.range), coarsest: Math.min(a.coarsest, b.coarsest) };
}

/**
 * Whether two classes may become one: each bears the scale that the joint range needs, or has one as coarse already.
 * The latter is so where rules have tied what does not fit: that does not get worse by what fits.
 */
export function mayJoin(a: Spread, b: Spread, format: Format): boolean {
  const { scale } = thetaOf(joinRanges(a.range, b.range), format);
  return bears(a, scale, format) && bears(b, scale, format);
}

function bears({ range, coarsest }: Spread, scale: number, format: Format): boolean {
  return widthOf(range) === 0 || scale <= coarsest || scale <= thetaOf(range, format).scale;
}

/** How much wider one range is than the other, in powers of two; 0 when one has no width. */
export function distance(a: Spread, b: Spread): number {
  const [x, y] = [widthOf(a.range), widthOf(b.range)];
  return x === 0 || y === 0 ? 0 : Math.abs(Math.log2(x / y));
}
