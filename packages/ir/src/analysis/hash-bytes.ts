/** A 32-bit hash, four bytes at a time (the mixing steps of MurmurHash3). Not for use against an adversary. */
export function hashBytes(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.byteLength & ~3;
  let h = seed;
  for (let i = 0; i < whole; i += 4) h = mix(h, view.getUint32(i, true));
  let tail = 0;
  for (let i = whole; i < bytes.byteLength; i += 1) tail = (tail << 8) | (bytes[i] as number);
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
