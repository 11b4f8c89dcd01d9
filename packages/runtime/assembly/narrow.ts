/*
 * Numbers of fewer bits as float32: 1 float16, 2 bfloat16, 3 int8 and 4 uint8. Panels of 8-bit codes have a head: for
 * each of the 8 columns the zero point, then for each the scale, as float32. A number is (code - zero point) * scale.
 */

/** Bytes of the head of a panel. */
// @ts-ignore: decorator
@inline
export function headOf(type: i32): usize {
  return type > 2 ? 64 : 0;
}

/** Bytes of a number. */
// @ts-ignore: decorator
@inline
export function sizeOf(type: i32): usize {
  return type == 0 ? 4 : type > 2 ? 1 : 2;
}

/** Widens rows of 8 numbers of a panel with this head. */
export function widen(type: i32, rows: usize, head: usize, from: usize, to: usize): void {
  const count = rows * 8;
  if (type > 2) {
    const z0 = v128.load(head), z1 = v128.load(head, 16), s0 = v128.load(head, 32), s1 = v128.load(head, 48);
    for (const end = from + count; from < end; from += 8, to += 32) {
      const codes = type == 3 ? v128.load_ext<i8>(from) : v128.load_ext<u8>(from);
      const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(codes));
      const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(codes));
      v128.store(to, f32x4.mul(f32x4.sub(low, z0), s0));
      v128.store(to, f32x4.mul(f32x4.sub(high, z1), s1), 16);
    }
  } else if (type == 2) {
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
