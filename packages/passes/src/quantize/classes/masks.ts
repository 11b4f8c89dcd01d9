import type { Histogram } from '../statistics/histogram.ts';
import { rangeOf, widthOf } from '../statistics/range.ts';
import type { Exclude } from './constraint.ts';

/** How far below all other numbers the filling of a mask lies at least, in widths of their range. */
const FAR = 1e4;

/**
 * What fillings are counted as, once: codes reach down to it at least, so that a filling that saturates weighs less
 * than a tenth of a code of 1/256 beside what it is added to. With it, 127 codes of 1/16 are enough.
 */
const MASKED = -127 / 16;

/** The statistics without the fillings of masks, where these lie so far off that they would take all the codes. */
export function maskedStatistics(
  statistics: ReadonlyMap<string, Histogram>,
  exclusions: readonly Exclude[],
): ReadonlyMap<string, Histogram> {
  if (exclusions.length === 0) return statistics;
  const masked = new Map(statistics);
  for (const { value, fill } of exclusions) {
    const histogram = statistics.get(value);
    // What is added to a filling moves it a little.
    const rest = histogram?.above(fill / 2);
    if (!rest || fill > -FAR * widthOf(rangeOf(rest))) continue;
    rest.add([MASKED]);
    masked.set(value, rest);
  }
  return masked;
}
