import { bitsToFloat32, float32Bits, orderedBits } from './float-bits.ts';
import { KEYS, KeyCounts, raise, raised, raiseLeading } from './key-counts.ts';

/** The bits of a float32 that a bin leaves out: a bin is a sign, an exponent, and 7 bits of mantissa. */
const DROPPED = 16;
const INFINITE = 0x7f80;
const SIGN = 0x8000;
const MINUS_ZERO = -0x80000000;

/** The infinities, in the order of floats. */
const LEAST = orderedBits((SIGN | INFINITE) << DROPPED);
const LARGEST = orderedBits(INFINITE << DROPPED);

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

/**
 * How often numbers occur, by the leading 16 bits of their float32. The bins are fixed in advance and the counts
 * are integers, so that histograms of parts add up, in any order and any tree, to the histogram of the whole.
 * Numbers that are not finite are counted apart.
 */
export class Histogram {
  private readonly byKey = new KeyCounts();
  private packed: Float64Array | undefined;
  private least = Number.POSITIVE_INFINITY;
  private largest = Number.NEGATIVE_INFINITY;
  private finite: number | undefined;
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
    // They may be made as they are asked for, and one is counted at a time.
    for (const part of [...parts]) whole.include(part);
    whole.take();
    return whole;
  }

  /** The histogram that {@link toJSON} described. */
  static from({ min, max, nan, counts }: HistogramData): Histogram {
    const histogram = new Histogram();
    for (const [key, count] of counts) if (count > 0) raise(key, count);
    histogram.take();
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
    this.finite ??= this.countFinite();
    return this.finite;
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
    return this.byKey.of(INFINITE);
  }

  get negativeInfinite(): number {
    return this.byKey.of(SIGN | INFINITE);
  }

  /** Counts numbers, each rounded to float32. */
  add(values: ArrayLike<number>): void {
    if (values.length === 0) return;
    const floats = values instanceof Float32Array ? values : Float32Array.from(values);
    const patterns = new Int32Array(floats.buffer, floats.byteOffset, floats.length);
    const { least, largest } = raiseLeading(patterns);
    if (least > LEAST && largest < LARGEST)
      this.widen(bitsToFloat32(orderedBits(least)), bitsToFloat32(orderedBits(largest)));
    else this.noteFinite(floats, patterns);
    if (raised(SIGN) > 0) moveMinusZeros(patterns);
    this.take();
  }

  /** The range of numbers that are not all finite. NaN, whose leading bits may be those of infinity, are taken back. */
  private noteFinite(floats: Float32Array, patterns: Int32Array): void {
    for (const [i, x] of floats.entries()) {
      if (Number.isFinite(x)) this.widen(x, x);
      if (!Number.isNaN(x)) continue;
      this.nans += 1;
      raise((patterns[i] as number) >>> DROPPED, -1);
    }
  }

  private widen(min: number, max: number): void {
    // Adding 0 makes -0 the zero that all histograms have.
    this.least = Math.min(this.least, min) + 0;
    this.largest = Math.max(this.largest, max) + 0;
  }

  /**
   * The same without what is below a number, as far as bins tell them apart: a bin goes when all of it is below.
   * Negative infinity goes as well.
   */
  above(limit: number): Histogram {
    const rest = new Histogram();
    for (const [key, count] of this.entries()) {
      const { low, high } = boundsOf(key);
      if (key === (SIGN | INFINITE) || high < limit) continue;
      raise(key, count);
      if (key === INFINITE) continue;
      rest.least = Math.min(rest.least, Math.max(low, this.least));
      rest.largest = Math.max(rest.largest, Math.min(high, this.largest));
    }
    rest.take();
    rest.nans = this.nans;
    return rest;
  }

  /**
   * The histogram of all numbers times `2 ** exponent`: exactly what counting these gives, unless some are or become
   * subnormal, or overflow.
   */
  timesPower(exponent: number): Histogram {
    const scaled = new Histogram();
    for (const [key, count] of this.entries()) {
      const { low, high } = boundsOf(key);
      const edge = (key & SIGN) === 0 ? low : high;
      raise((key & INFINITE) === INFINITE ? key : keyOf(edge * 2 ** exponent), count);
    }
    scaled.take();
    scaled.least = Math.fround(this.least * 2 ** exponent);
    scaled.largest = Math.fround(this.largest * 2 ** exponent);
    scaled.nans = this.nans;
    return scaled;
  }

  /** The bins that are not empty, from the least number up, no wider than the numbers seen. */
  bins(): readonly Bin[] {
    const packed = this.packedBins();
    return Array.from({ length: packed.length / 3 }, (_, i) => {
      const [low = 0, high = 0, count = 0] = packed.subarray(3 * i, 3 * i + 3);
      return { low, high, count };
    });
  }

  /** The same bins in a form that is read fast: low, high and count of each. Never write to it. */
  packedBins(): Float64Array {
    this.packed ??= this.packBins();
    return this.packed;
  }

  /** All that is known, as plain data; equal histograms give equal data. */
  toJSON(): HistogramData {
    const counts = [...this.entries()];
    const [min, max] = this.count > 0 ? [this.least, this.largest] : [null, null];
    return { min, max, nan: this.nans, counts };
  }

  private countFinite(): number {
    let count = 0;
    for (let i = 0; i < this.byKey.size; i += 1) count += this.byKey.countAt(i);
    return count - this.positiveInfinite - this.negativeInfinite;
  }

  private packBins(): Float64Array {
    const { byKey, least, largest } = this;
    const packed = new Float64Array(3 * byKey.size);
    let length = 0;
    const append = (index: number): void => {
      const key = byKey.keyAt(index);
      if ((key & INFINITE) === INFINITE) return;
      const { low, high } = boundsOf(key);
      // Zeros are not narrowed: the smallest subnormals, which count as zero, may be all that was seen.
      packed[length] = key === 0 ? low : Math.max(low, least);
      packed[length + 1] = key === 0 ? high : Math.min(high, largest);
      packed[length + 2] = byKey.countAt(index);
      length += 3;
    };
    // The larger the key of a negative number, the less it is.
    const negative = byKey.firstFrom(SIGN);
    for (let i = byKey.size - 1; i >= negative; i -= 1) append(i);
    for (let i = 0; i < negative; i += 1) append(i);
    return packed.subarray(0, length);
  }

  /** Keys in ascending order, and their counts. */
  private *entries(): Iterable<readonly [key: number, count: number]> {
    const { byKey } = this;
    for (let i = 0; i < byKey.size; i += 1) yield [byKey.keyAt(i), byKey.countAt(i)];
  }

  /** Counts what another has seen, up to {@link take}. */
  private include(part: Histogram): void {
    for (let i = 0; i < part.byKey.size; i += 1) raise(part.byKey.keyAt(i), part.byKey.countAt(i));
    this.least = Math.min(this.least, part.least);
    this.largest = Math.max(this.largest, part.largest);
    this.nans += part.nans;
  }

  /** Takes over what was counted. */
  private take(): void {
    this.byKey.take();
    this.packed = undefined;
    this.finite = undefined;
  }
}

/** Counts each -0 among patterns that were raised as 0: both zeros are one number. */
function moveMinusZeros(patterns: Int32Array): void {
  for (const pattern of patterns) {
    if (pattern !== MINUS_ZERO) continue;
    raise(SIGN, -1);
    raise(0, 1);
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
