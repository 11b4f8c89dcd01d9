import { loadLanes, storeLanes } from './lanes';

/** The code of each number, still as a float: its quotient rounded half to even, plus a zero point, within bounds. */
// @ts-ignore: decorator
@inline
function code4(x: v128, scale: v128, zero: v128, low: v128, high: v128): v128 {
  const code = f32x4.add(f32x4.nearest(f32x4.div(x, scale)), zero);
  // What is not a number gets the least code.
  return f32x4.min(f32x4.pmax(low, code), high);
}

/** `n` numbers as they are after they were codes between `low` and `high`. */
export function throughCodes(
  n: usize, scale: f32, zero: f32, low: f32, high: f32, from: usize, to: usize,
): void {
  const s = f32x4.splat(scale), z = f32x4.splat(zero), lo = f32x4.splat(low), hi = f32x4.splat(high);
  for (let i: usize = 0; i < n; i += 4) {
    const code = code4(loadLanes(from + i * 4, n - i), s, z, lo, hi);
    storeLanes(to + i * 4, f32x4.mul(f32x4.sub(code, z), s), n - i);
  }
}

/** Codes of 8 bits of `n` numbers. */
export function toCodes(
  n: usize, scale: f32, zero: f32, low: f32, high: f32, from: usize, to: usize,
): void {
  const s = f32x4.splat(scale), z = f32x4.splat(zero), lo = f32x4.splat(low), hi = f32x4.splat(high);
  for (let i: usize = 0; i < n; i += 4) {
    const codes = i32x4.trunc_sat_f32x4_s(code4(loadLanes(from + i * 4, n - i), s, z, lo, hi));
    const lanes = min<usize>(4, n - i);
    store<u8>(to + i, <u8>i32x4.extract_lane(codes, 0));
    if (lanes > 1) store<u8>(to + i, <u8>i32x4.extract_lane(codes, 1), 1);
    if (lanes > 2) store<u8>(to + i, <u8>i32x4.extract_lane(codes, 2), 2);
    if (lanes > 3) store<u8>(to + i, <u8>i32x4.extract_lane(codes, 3), 3);
  }
}

/** The numbers that `n` codes of 8 bits mean. */
export function fromCodes(n: usize, signed: bool, scale: f32, zero: f32, from: usize, to: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const code = signed ? <f32>load<i8>(from + i) : <f32>load<u8>(from + i);
    store<f32>(to + i * 4, (code - zero) * scale);
  }
}
