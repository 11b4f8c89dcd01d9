import { orderedBits } from './float-bits.ts';

/** Keys are below this. */
export const KEYS: number = 2 ** 16;

/** Keys of a page differ in their last 7 bits alone: of histograms, those of one sign and exponent. */
const PAGE_BITS = 7;
const PAGE = 2 ** PAGE_BITS;
const PAGES = KEYS / PAGE;

/**
 * How often each key occurs in what is being counted, and which pages hold such keys. One counter for all, since each
 * count ends before the next begins: all zero in between.
 */
const tally = new Float64Array(KEYS);
const touched = new Uint8Array(PAGES);

/** Counts the leading 16 bits of each pattern. Answers the least and the largest one, as `orderedBits`. */
export function raiseLeading(patterns: Int32Array): { readonly least: number; readonly largest: number } {
  let least = 0x7fffffff;
  let largest = -0x80000000;
  for (let i = 0; i < patterns.length; i += 1) {
    const pattern = patterns[i] as number;
    const key = pattern >>> 16;
    tally[key] = (tally[key] as number) + 1;
    touched[key >>> PAGE_BITS] = 1;
    const ordered = orderedBits(pattern);
    if (ordered < least) least = ordered;
    if (ordered > largest) largest = ordered;
  }
  return { least, largest };
}

/** How often a key was raised. */
export function raised(key: number): number {
  return tally[key] as number;
}

/** Counts a key some times more, or less. */
export function raise(key: number, count: number): void {
  tally[key] = (tally[key] as number) + count;
  touched[key >>> PAGE_BITS] = 1;
}

/** How often keys occur: only those that do take room, which is used again when more are counted. */
export class KeyCounts {
  /** In ascending order, as many as `size` says, with the count of each; the rest is spare. */
  private keys = new Uint16Array(0);
  private counts = new Float64Array(0);
  private used = 0;

  /** Keys that occur. */
  get size(): number {
    return this.used;
  }

  /** The key at a place of the ascending order. */
  keyAt(index: number): number {
    return this.keys[index] as number;
  }

  countAt(index: number): number {
    return this.counts[index] as number;
  }

  /** How often a key occurs. */
  of(key: number): number {
    const index = this.firstFrom(key);
    return index < this.used && this.keyAt(index) === key ? this.countAt(index) : 0;
  }

  /** The place of the first key that is not below another. */
  firstFrom(key: number): number {
    let from = 0;
    let to = this.used;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.keyAt(middle) < key) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Takes over what was raised, and leaves the counter empty. */
  take(): void {
    const fresh = this.takeKnown();
    if (fresh > 0) this.takeFresh(fresh);
  }

  /** Takes over the counts of keys that are known already; answers how many others there are, whose pages stay touched. */
  private takeKnown(): number {
    const { keys, counts, used } = this;
    let fresh = 0;
    for (let page = 0; page < PAGES; page += 1) {
      if (touched[page] === 0) continue;
      const before = fresh;
      const first = page << PAGE_BITS;
      const end = first + PAGE;
      // Most keys of a page are known when it is touched again.
      let index = this.firstFrom(first);
      for (let key = first; key < end; key += 1) {
        const isKnown = index < used && keys[index] === key;
        const count = tally[key] as number;
        if (isKnown) {
          counts[index] = (counts[index] as number) + count;
          tally[key] = 0;
          index += 1;
        } else if (count !== 0) fresh += 1;
      }
      if (fresh === before) touched[page] = 0;
    }
    return fresh;
  }

  /** Moves known keys apart, the largest first, so that others come between them. */
  private takeFresh(fresh: number): void {
    let from = this.used - 1;
    let to = from + fresh;
    this.reserve(to + 1);
    const { keys, counts } = this;
    for (let page = PAGES - 1; page >= 0; page -= 1) {
      if (touched[page] === 0) continue;
      touched[page] = 0;
      for (let key = ((page + 1) << PAGE_BITS) - 1; key >= page << PAGE_BITS; key -= 1) {
        const count = tally[key] as number;
        if (count === 0) continue;
        for (; from >= 0 && (keys[from] as number) > key; from -= 1, to -= 1) {
          keys[to] = keys[from] as number;
          counts[to] = counts[from] as number;
        }
        keys[to] = key;
        counts[to] = count;
        to -= 1;
        tally[key] = 0;
      }
    }
    this.used += fresh;
  }

  private reserve(size: number): void {
    if (size <= this.keys.length) return;
    const room = this.used === 0 ? size : Math.min(KEYS, Math.max(size, 2 * this.used));
    const [keys, counts] = [new Uint16Array(room), new Float64Array(room)];
    keys.set(this.keys.subarray(0, this.used));
    counts.set(this.counts.subarray(0, this.used));
    this.keys = keys;
    this.counts = counts;
  }
}
