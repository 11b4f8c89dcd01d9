/*
 * Numbers of fewer bits as float32: 1 float16, 2 bfloat16, 3 int8 and 4 uint8, 5 float16 and 6 bfloat16 times a factor.
 * Panels of the last four have a head. That of codes has for each of the 8 columns the zero point, then for each the
 * scale, as float32: a number is (code - zero point) * scale. Factors are double, one for each column.
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
  return type == 0 ? 4 : type == 3 || type == 4 ? 1 : 2;
}

/** Widens rows of 8 numbers of a panel with this head. */
export function widen(type: i32, rows: usize, head: usize, from: usize, to: usize): void {
  const count = rows * 8;
  if (type > 4) {
    const f0 = v128.load(head), f1 = v128.load(head, 16), f2 = v128.load(head, 32), f3 = v128.load(head, 48);
    for (const end = from + count * 2; from < end; from += 16, to += 32) {
      const low = v128.load_ext<u16>(from), high = v128.load_ext<u16>(from, 8);
      v128.store(to, scaled(type == 5 ? half(low) : i32x4.shl(low, 16), f0, f1));
      v128.store(to, scaled(type == 5 ? half(high) : i32x4.shl(high, 16), f2, f3), 16);
    }
  } else if (type > 2) {
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

/** Four numbers times factors, in double, rounded once. */
// @ts-ignore: decorator
@inline
function scaled(v: v128, f0: v128, f1: v128): v128 {
  const a = f64x2.mul(f64x2.promote_low_f32x4(v), f0);
  const b = f64x2.mul(f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1)), f1);
  return i64x2.shuffle(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
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
