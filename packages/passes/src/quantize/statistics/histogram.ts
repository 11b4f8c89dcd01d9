import { bitsToFloat32, float32Bits } from './float-bits.ts';

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
  private readonly byKey: Map<number, number> = new Map();
  private listed: readonly Bin[] | undefined;
  private least = Number.POSITIVE_INFINITY;
  private largest = Number.NEGATIVE_INFINITY;
  private total = 0;
  private nans = 0;

  /** The histogram of some numbers, each rounded to float32. */
  static of(values: ArrayLike<number>): Histogram {
    const histogram = new Histogram();
    histogram.add(values);
    return histogram;
  }

  /** The histogram of all numbers of some histograms. */
  static merged(parts: Iterable<Histogram>): Histogram {
    const whole = new Histogram();
    for (const part of parts) whole.include(part);
    return whole;
  }

  /** The histogram that {@link toJSON} described. */
  static from({ min, max, nan, counts }: HistogramData): Histogram {
    const histogram = new Histogram();
    for (const [key, count] of counts) histogram.raise(key, count);
    histogram.least = min ?? Number.POSITIVE_INFINITY;
    histogram.largest = max ?? Number.NEGATIVE_INFINITY;
    histogram.nans = nan;
    return histogram;
  }

  /** Whether nothing was seen, not even what is not finite. */
  get isEmpty(): boolean {
    return this.byKey.size === 0 && this.nans === 0;
  }

  /** Finite numbers seen. */
  get count(): number {
    return this.total;
  }

  /** The least finite number, as a float32; +Infinity when there is none. */
  get min(): number {
    return this.least;
  }

  /** The largest finite number, as a float32; -Infinity when there is none. */
  get max(): number {
    return this.largest;
  }

  get nan(): number {
    return this.nans;
  }

  get positiveInfinite(): number {
    return this.byKey.get(INFINITE) ?? 0;
  }

  get negativeInfinite(): number {
    return this.byKey.get(SIGN | INFINITE) ?? 0;
  }

  /** Counts numbers, each rounded to float32. */
  add(values: ArrayLike<number>): void {
    const floats = values instanceof Float32Array ? values : Float32Array.from(values);
    const patterns = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
    const touched: number[] = [];
    let min = this.least;
    let max = this.largest;
    for (let i = 0; i < patterns.length; i += 1) {
      const x = floats[i] as number;
      if (Number.isNaN(x)) {
        this.nans += 1;
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
    this.least = min + 0;
    this.largest = max + 0;
    for (const key of touched) {
      this.raise(key, batch[key] as number);
      batch[key] = 0;
    }
  }

  /**
   * The same without what is below a number, as far as bins tell them apart: a bin goes when all of it is below.
   * Negative infinity goes as well.
   */
  above(limit: number): Histogram {
    const rest = new Histogram();
    for (const [key, count] of this.byKey) {
      const { low, high } = boundsOf(key);
      if (key === (SIGN | INFINITE) || high < limit) continue;
      rest.raise(key, count);
      if (key === INFINITE) continue;
      rest.least = Math.min(rest.least, Math.max(low, this.least));
      rest.largest = Math.max(rest.largest, Math.min(high, this.largest));
    }
    rest.nans = this.nans;
    return rest;
  }

  /**
   * The histogram of all numbers times `2 ** exponent`: exactly what counting these gives, unless some are or become
   * subnormal, or overflow.
   */
  timesPower(exponent: number): Histogram {
    const scaled = new Histogram();
    for (const [key, count] of this.byKey) {
      const { low, high } = boundsOf(key);
      const edge = (key & SIGN) === 0 ? low : high;
      scaled.raise((key & INFINITE) === INFINITE ? key : keyOf(edge * 2 ** exponent), count);
    }
    scaled.least = Math.fround(this.least * 2 ** exponent);
    scaled.largest = Math.fround(this.largest * 2 ** exponent);
    scaled.nans = this.nans;
    return scaled;
  }

  /** The bins that are not empty, from the least number up, no wider than the numbers seen. */
  bins(): readonly Bin[] {
    this.listed ??= this.sortedBins();
    return this.listed;
  }

  /** All that is known, as plain data; equal histograms give equal data. */
  toJSON(): HistogramData {
    const counts = [...this.byKey].sort(([a], [b]) => a - b);
    const [min, max] = this.total > 0 ? [this.least, this.largest] : [null, null];
    return { min, max, nan: this.nans, counts };
  }

  private sortedBins(): readonly Bin[] {
    const bins: Bin[] = [];
    for (const [key, count] of this.byKey) {
      if ((key & INFINITE) === INFINITE) continue;
      const { low, high } = boundsOf(key);
      // Zeros are not narrowed: the smallest subnormals, which count as zero, may be all that was seen.
      bins.push(
        key === 0
          ? { low, high, count }
          : { low: Math.max(low, this.least), high: Math.min(high, this.largest), count },
      );
    }
    return bins.sort((a, b) => a.low - b.low || a.high - b.high);
  }

  private include(part: Histogram): void {
    for (const [key, count] of part.byKey) this.raise(key, count);
    this.least = Math.min(this.least, part.least);
    this.largest = Math.max(this.largest, part.largest);
    this.nans += part.nans;
  }

  private raise(key: number, count: number): void {
    this.byKey.set(key, (this.byKey.get(key) ?? 0) + count);
    if ((key & INFINITE) !== INFINITE) this.total += count;
    this.listed = undefined;
  }
}

/** The key of a number. */
function keyOf(x: number): number {
  return x === 0 ? 0 : float32Bits(x) >>> DROPPED;
}

/** The float32 numbers that a key stands for. Key 0 is zero and the smallest subnormals, which count as zero. */
function boundsOf(key: number): { readonly low: number; readonly high: number } {
  if (key === 0) return { low: 0, high: 0 };
  const inner = bitsToFloat32(key * KEYS);
  const outer = bitsToFloat32(key * KEYS + (KEYS - 1));
  return inner < outer ? { low: inner, high: outer } : { low: outer, high: inner };
}
