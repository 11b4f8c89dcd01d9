import { Histogram } from '../statistics/histogram.ts';
import type { Range } from '../statistics/range.ts';
import { codesOf, type Format, middleOf } from '../theta/format.ts';

/**
 * Where the largest number of each row stands above the second largest: what a scale must keep so that a
 * classifier still gives the same class. Merges exactly, like the histograms that it is made of.
 */
export class TopTwo {
  readonly second: Histogram;
  readonly gap: Histogram;

  constructor(second: Histogram = new Histogram(), gap: Histogram = new Histogram()) {
    this.second = second;
    this.gap = gap;
  }

  static merged(parts: readonly TopTwo[]): TopTwo {
    return new TopTwo(
      Histogram.merged(parts.map((p) => p.second)),
      Histogram.merged(parts.map((p) => p.gap)),
    );
  }

  /** Looks at rows of `length` numbers each; rows of one number have no second. */
  add(values: ArrayLike<number>, length: number): void {
    if (length < 2) return;
    const rows = Math.floor(values.length / length);
    const seconds = new Float32Array(rows);
    const gaps = new Float32Array(rows);
    for (let row = 0; row < rows; row += 1) {
      let first = Number.NEGATIVE_INFINITY;
      let second = Number.NEGATIVE_INFINITY;
      for (let i = row * length; i < (row + 1) * length; i += 1) {
        const x = values[i] as number;
        if (x > first) {
          second = first;
          first = x;
        } else if (x > second) second = x;
      }
      seconds[row] = Math.max(0, second);
      gaps[row] = first - second;
    }
    this.second.add(seconds);
    this.gap.add(gaps);
  }
}

/**
 * The symmetric range whose scale s keeps the order of the two largest numbers of most rows for certain: s < gap,
 * and the second one is not saturated, second < s (largest code - 1/2). Of equally good ones the widest within
 * `whole`.
 */
export function isotoneRange(rows: TopTwo, whole: Range, format: Format): Range {
  const codes = codesOf(format)[1] - middleOf(format.dtype);
  const reach = Math.max(-whole.min, whole.max);
  const at = (bound: number): Range => ({
    min: Math.max(whole.min, -bound),
    max: Math.min(whole.max, bound),
  });
  let best = reach;
  let least = Number.POSITIVE_INFINITY;
  const lost = rowsLost(rows, codes);
  for (const bound of candidates(rows, codes, reach)) {
    const count = lost(bound);
    if (count < least) {
      least = count;
      best = bound;
    }
  }
  return at(best);
}

/** Bounds at which the number of rows that are kept may change, and that of all numbers; the widest first. */
function candidates(rows: TopTwo, codes: number, reach: number): readonly number[] {
  const edges = [reach];
  // Just below the largest scale that the rows of a bin bear.
  for (const { low } of rows.gap.bins()) edges.push(low * codes * (1 - 2 ** -20));
  for (const { high } of rows.second.bins()) edges.push((high * codes * (1 + 2 ** -20)) / (codes - 0.5));
  return edges.filter((bound) => bound > 0 && bound <= reach).sort((a, b) => b - a);
}

/** Rows that a bound does not keep; a row that fails both conditions counts twice. */
function rowsLost(rows: TopTwo, codes: number): (bound: number) => number {
  const gaps = rows.gap.bins();
  const seconds = rows.second.bins();
  return (bound) => {
    const scale = bound / codes;
    let lost = 0;
    for (const { low, count } of gaps) if (scale >= low) lost += count;
    for (const { high, count } of seconds) if (high >= scale * (codes - 0.5)) lost += count;
    return lost;
  };
}
