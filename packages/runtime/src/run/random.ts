/**
 * The runtime's only source of randomness: xoshiro128** (Blackman and Vigna), its state filled from the
 * seed by splitmix32. Small, fast, and the same sequence on every machine.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** Seeds are taken modulo 2^32; each gives another sequence. */
  constructor(seed: number) {
    let s = seed >>> 0;
    const next = (): number => {
      s = (s + 0x9e3779b9) >>> 0;
      let z = Math.imul(s ^ (s >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next();
  }

  /** A uniform integer in [0, 2^32). */
  bits(): number {
    const { a, b } = this;
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const c = this.c ^ a;
    const d = this.d ^ b;
    this.a = a ^ d;
    this.b = b ^ c;
    this.c = c ^ (b << 9);
    this.d = rotateLeft(d, 11);
    return result;
  }

  /** A uniform number in [0, 1), with all 53 bits of a double. */
  next(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A uniform integer in [low, high); `low` when that is empty. */
  between(low: number, high: number): number {
    return high <= low ? low : low + Math.floor(this.next() * (high - low));
  }

  /** A normally distributed number with mean 0 and deviation 1 (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

/** A seed for a part of something that has a seed and a name, so that parts do not depend on each other's order. */
export function seedFor(name: string, seed: number): number {
  // FNV-1a over UTF-16 units.
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return (Math.imul(hash, 0x9e3779b1) + seed) >>> 0;
}
