import { bitsToFloat32 } from './float-bits.ts';

/** The bits of a float32 that a bin leaves out: a bin is a sign, an exponent, and 7 bits of mantissa. */
const DROPPED = 16;
const KEYS = 2 ** DROPPED;
const INFINITE = 0x7f80;
const SIGN = 0x8000;

/** A run of numbers that are counted together: `low <= high`, both finite; a bin of zeros has no width. */
export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** A histogram as plain data. */
export interface HistogramData {
  /** The least and the largest finite number, if there is any. */
  readonly min: number | null;
  readonly max: number | null;
  readonly nan: number;
  /** The leading 16 bits of the float32 numbers of a bin, and how many there are. */
  readonly counts: readonly (readonly [key: number, count: number])[];
}

/** Counters for one batch, shared by all histograms: all zero between calls. */
const batch = new Float64Array(KEYS);

/**
 * How often numbers occur, by the leading 16 bits of their float32. The bins are fixed in advance and the counts
 * are integers, so that histograms of parts add up, in any order and any tree, to the histogram of the whole.
 * Numbers that are not finite are counted apart.
 */
export class Histogram {
  readonly #counts: Map<number, number> = new Map();
  #bins: readonly Bin[] | undefined;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #count = 0;
  #nan = 0;

  /** The histogram of some numbers, each rounded to float32. */
  static of(values: ArrayLike<number>): Histogram {
    const histogram = new Histogram();
    histogram.add(values);
    return histogram;
  }

  /** The histogram of all numbers of some histograms. */
  static merged(parts: Iterable<Histogram>): Histogram {
    const whole = new Histogram();
    for (const part of parts) whole.#include(part);
    return whole;
  }

  /** The histogram that {@link toJSON} described. */
  static from({ min, max, nan, counts }: HistogramData): Histogram {
    const histogram = new Histogram();
    for (const [key, count] of counts) histogram.#raise(key, count);
    histogram.#min = min ?? Number.POSITIVE_INFINITY;
    histogram.#max = max ?? Number.NEGATIVE_INFINITY;
    histogram.#nan = nan;
    return histogram;
  }

  /** Whether nothing was seen, not even what is not finite. */
  get isEmpty(): boolean {
    return this.#counts.size === 0 && this.#nan === 0;
  }

  /** Finite numbers seen. */
  get count(): number {
    return this.#count;
  }

  /** The least finite number, as a float32; +Infinity when there is none. */
  get min(): number {
    return this.#min;
  }

  /** The largest finite number, as a float32; -Infinity when there is none. */
  get max(): number {
    return this.#max;
  }

  get nan(): number {
    return this.#nan;
  }

  get positiveInfinite(): number {
    return this.#counts.get(INFINITE) ?? 0;
  }

  get negativeInfinite(): number {
    return this.#counts.get(SIGN | INFINITE) ?? 0;
  }

  /** Counts numbers, each rounded to float32. */
  add(values: ArrayLike<number>): void {
    const floats = values instanceof Float32Array ? values : Float32Array.from(values);
    const patterns = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
    const touched: number[] = [];
    let min = this.#min;
    let max = this.#max;
    for (let i = 0; i < patterns.length; i += 1) {
      const x = floats[i] as number;
      if (Number.isNaN(x)) {
        this.#nan += 1;
        continue;
      }
      // Both zeros are one number.
      const key = x === 0 ? 0 : (patterns[i] as number) >>> DROPPED;
      const seen = batch[key] as number;
      if (seen === 0) touched.push(key);
      batch[key] = seen + 1;
      if (x < min && x !== Number.NEGATIVE_INFINITY) min = x;
      if (x > max && x !== Number.POSITIVE_INFINITY) max = x;
    }
    // Adding 0 makes -0 the zero that all histograms have.
    this.#min = min + 0;
    this.#max = max + 0;
    for (const key of touched) {
      this.#raise(key, batch[key] as number);
      batch[key] = 0;
    }
  }

  /**
   * The same without what is below a number, as far as bins tell them apart: a bin goes when all of it is below.
   * Negative infinity goes as well.
   */
  above(limit: number): Histogram {
    const rest = new Histogram();
    for (const [key, count] of this.#counts) {
      const { low, high } = boundsOf(key);
      if (key === (SIGN | INFINITE) || high < limit) continue;
      rest.#raise(key, count);
      if (key === INFINITE) continue;
      rest.#min = Math.min(rest.#min, Math.max(low, this.#min));
      rest.#max = Math.max(rest.#max, Math.min(high, this.#max));
    }
    rest.#nan = this.#nan;
    return rest;
  }

  /** The bins that are not empty, from the least number up, no wider than the numbers seen. */
  bins(): readonly Bin[] {
    this.#bins ??= this.#sortedBins();
    return this.#bins;
  }

  /** All that is known, as plain data; equal histograms give equal data. */
  toJSON(): HistogramData {
    const counts = [...this.#counts].sort(([a], [b]) => a - b);
    const [min, max] = this.#count > 0 ? [this.#min, this.#max] : [null, null];
    return { min, max, nan: this.#nan, counts };
  }

  #sortedBins(): readonly Bin[] {
    const bins: Bin[] = [];
    for (const [key, count] of this.#counts) {
      if ((key & INFINITE) === INFINITE) continue;
      const { low, high } = boundsOf(key);
      // Zeros are not narrowed: the smallest subnormals, which count as zero, may be all that was seen.
      bins.push(
        key === 0
          ? { low, high, count }
          : { low: Math.max(low, this.#min), high: Math.min(high, this.#max), count },
      );
    }
    return bins.sort((a, b) => a.low - b.low || a.high - b.high);
  }

  #include(part: Histogram): void {
    for (const [key, count] of part.#counts) this.#raise(key, count);
    this.#min = Math.min(this.#min, part.#min);
    this.#max = Math.max(this.#max, part.#max);
    this.#nan += part.#nan;
  }

  #raise(key: number, count: number): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
    if ((key & INFINITE) !== INFINITE) this.#count += count;
    this.#bins = undefined;
  }
}

/** The float32 numbers that a key stands for. Key 0 is zero and the smallest subnormals, which count as zero. */
function boundsOf(key: number): { readonly low: number; readonly high: number } {
  if (key === 0) return { low: 0, high: 0 };
  const inner = bitsToFloat32(key * KEYS);
  const outer = bitsToFloat32(key * KEYS + (KEYS - 1));
  return inner < outer ? { low: inner, high: outer } : { low: outer, high: inner };
}
