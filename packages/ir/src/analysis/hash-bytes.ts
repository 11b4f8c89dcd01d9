import { hostIsLittleEndian } from '../types/elements.ts';

/** A 32-bit hash, four bytes at a time (the mixing steps of MurmurHash3). Not for use against an adversary. */
export function hashBytes(bytes: Uint8Array, seed: number): number {
  const words = wordsOf(bytes);
  let h = seed;
  for (let i = 0; i < words.length; i += 1) h = mix(h, words[i] as number);
  let tail = 0;
  for (let i = 4 * words.length; i < bytes.byteLength; i += 1) tail = (tail << 8) | (bytes[i] as number);
  h = mix(h, tail) ^ bytes.byteLength;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function mix(h: number, word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  const r = h ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  return (Math.imul((r << 13) | (r >>> 19), 5) + 0xe6546b64) | 0;
}

/** All whole little-endian words of bytes; a view of them where they lie so that the machine can read words. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  const length = Math.floor(bytes.byteLength / 4);
  if (hostIsLittleEndian && bytes.byteOffset % 4 === 0) {
    return new Int32Array(bytes.buffer, bytes.byteOffset, length);
  }
  const words = new Int32Array(length);
  const copy = new Uint8Array(words.buffer);
  copy.set(bytes.subarray(0, copy.length));
  if (!hostIsLittleEndian) for (let i = 0; i < copy.length; i += 4) copy.subarray(i, i + 4).reverse();
  return words;
}
