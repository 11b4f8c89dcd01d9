import type { Histogram } from '../statistics/histogram.ts';
import type { Range } from '../statistics/range.ts';
import type { Format } from '../theta/format.ts';

/** A way to choose which numbers the codes of a tensor have to reach, from how often numbers occur. */
export interface Observer {
  readonly name: string;
  /** A range with 0 in it, within that of the histogram. */
  range(histogram: Histogram, format: Format): Range;
}
