/** Numbers of 16 bits as float32: 1 float16, 2 bfloat16. */

/** Widens `count` numbers, a multiple of four. */
export function widen(type: i32, count: usize, from: usize, to: usize): void {
  if (type == 2) {
    for (const end = from + count * 2; from < end; from += 8, to += 16) {
      v128.store(to, i32x4.shl(v128.load_ext<u16>(from), 16));
    }
  } else {
    for (const end = from + count * 2; from < end; from += 8, to += 16) v128.store(to, half(v128.load_ext<u16>(from)));
  }
}

/** The values of four float16. */
// @ts-ignore: decorator
@inline
function half(bits: v128): v128 {
  const rebias = i32x4.splat(112 << 23);
  const magnitude = i32x4.shl(v128.and(bits, i32x4.splat(0x7fff)), 13);
  // The greatest exponent, that of infinities and NaN, stays the greatest.
  const beyond = v128.and(i32x4.ge_s(magnitude, i32x4.splat(0x0f800000)), rebias);
  const normal = i32x4.add(i32x4.add(magnitude, rebias), beyond);
  const least = i32x4.splat(113 << 23);
  const subnormal = f32x4.sub(i32x4.add(magnitude, least), least);
  const value = v128.bitselect(subnormal, normal, i32x4.lt_s(magnitude, i32x4.splat(1 << 23)));
  return v128.or(value, i32x4.shl(v128.and(bits, i32x4.splat(0x8000)), 16));
}
