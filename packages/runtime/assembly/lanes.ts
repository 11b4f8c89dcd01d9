/** a · b + c: two instructions that both round, or one that may round once where a module is built with them. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}

/**
 * Brings floats between two bounds; NaN stays NaN. One instruction for each bound, where min and max take nine, but -0
 * stays -0 above 0. Sums that begin at 0 are never -0.
 */
// @ts-ignore: decorator
@inline
export function clamp(v: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, low), high);
}

/* Up to four floats, where a row ends within a vector. */

// @ts-ignore: decorator
@inline
export function storeLanes(at: usize, v: v128, lanes: usize): void {
  if (lanes >= 4) {
    v128.store(at, v);
  } else {
    if (lanes > 0) v128.store_lane<f32>(at, v, 0);
    if (lanes > 1) v128.store_lane<f32>(at, v, 1, 4);
    if (lanes > 2) v128.store_lane<f32>(at, v, 2, 8);
  }
}

// @ts-ignore: decorator
@inline
export function loadLanes(at: usize, lanes: usize, rest: f32 = 0): v128 {
  if (lanes >= 4) return v128.load(at);
  let v = f32x4.splat(rest);
  if (lanes > 0) v = v128.load_lane<f32>(at, v, 0);
  if (lanes > 1) v = v128.load_lane<f32>(at, v, 1, 4);
  if (lanes > 2) v = v128.load_lane<f32>(at, v, 2, 8);
  return v;
}

// @ts-ignore: decorator
@inline
export function sumOf(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

// @ts-ignore: decorator
@inline
export function largestOf(v: v128): f32 {
  const a = max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1));
  return max(a, max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)));
}

// @ts-ignore: decorator
@inline
export function smallestOf(v: v128): f32 {
  const a = min(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1));
  return min(a, min(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)));
}
