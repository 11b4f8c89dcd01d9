import type { Histogram } from './histogram.ts';

/** Numbers from `min` to `max`, 0 among them: what a scale and a zero point have to cover. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const emptyRange: Range = { min: 0, max: 0 };

/** The range of the finite numbers seen, and 0. */
export function rangeOf(histogram: Histogram): Range {
  return { min: Math.min(0, histogram.min), max: Math.max(0, histogram.max) };
}

export function joinRanges(a: Range, b: Range): Range {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

export function widthOf(range: Range): number {
  return range.max - range.min;
}
