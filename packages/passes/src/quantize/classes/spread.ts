import type { Histogram } from '../statistics/histogram.ts';
import { emptyRange, joinRanges, type Range, rangeOf, widthOf } from '../statistics/range.ts';
import type { Format } from '../theta/format.ts';
import { thetaOf } from '../theta/theta.ts';
import { coarsestScale, type Tolerance } from './tolerance.ts';

/** What is known of the tensors of a class together, so that two classes can be weighed in constant time. */
export interface Spread {
  readonly range: Range;
  /** The coarsest scale that all of them bear: where one value is read, and for a preference between values. */
  readonly coarsest: Readonly<Record<Bearing, number>>;
}

/** On the way from a value to its use, to share a scale spares a second rounding; between values, it spares time. */
export type Bearing = 'edge' | 'node';

export const noSpread: Spread = {
  range: emptyRange,
  coarsest: { edge: Number.POSITIVE_INFINITY, node: Number.POSITIVE_INFINITY },
};

export function spreadOf(
  histogram: Histogram,
  format: Format,
  tolerances: Readonly<Record<Bearing, Tolerance>>,
): Spread {
  const { edge, node } = tolerances;
  return {
    range: rangeOf(histogram),
    coarsest: {
      edge: coarsestScale(histogram, format, edge),
      node: coarsestScale(histogram, format, node),
    },
  };
}

export function joinSpreads(a: Spread, b: Spread): Spread {
  const { edge, node } = a.coarsest;
  return {
    range: joinRanges(a.range, b.range),
    coarsest: { edge: Math.min(edge, b.coarsest.edge), node: Math.min(node, b.coarsest.node) },
  };
}

/**
 * Whether two classes may become one: each bears the scale that the joint range needs, or has one as coarse already.
 * The latter is so where rules have tied what does not fit: that does not get worse by what fits.
 */
export function mayJoin(a: Spread, b: Spread, format: Format, bearing: Bearing): boolean {
  const { scale } = thetaOf(joinRanges(a.range, b.range), format);
  const bears = ({ range, coarsest }: Spread): boolean =>
    widthOf(range) === 0 || scale <= coarsest[bearing] || scale <= thetaOf(range, format).scale;
  return bears(a) && bears(b);
}

/** How much wider one range is than the other, in powers of two; 0 when one has no width. */
export function distance(a: Spread, b: Spread): number {
  const [x, y] = [widthOf(a.range), widthOf(b.range)];
  return x === 0 || y === 0 ? 0 : Math.abs(Math.log2(x / y));
}
