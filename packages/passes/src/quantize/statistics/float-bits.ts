const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** The float32 of a bit pattern. */
export function bitsToFloat32(pattern: number): number {
  bits[0] = pattern;
  return floats[0] ?? 0;
}

/** The bit pattern of a number rounded to float32. */
export function float32Bits(x: number): number {
  floats[0] = x;
  return bits[0] ?? 0;
}

/**
 * A bit pattern, as a signed integer, in the order of the floats: NaN lie at both ends. Applied again, it gives the
 * pattern back.
 */
export function orderedBits(pattern: number): number {
  return pattern ^ ((pattern >> 31) >>> 1);
}
