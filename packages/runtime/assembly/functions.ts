/*
 * Functions of four floats at a time, made of sums and products only, so that every engine gives the same. The
 * polynomials were fitted for the least relative error over the interval that each comment names.
 */

// @ts-ignore: decorator
@inline
function fma(a: v128, b: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(a, b), f32x4.splat(c));
}

// @ts-ignore: decorator
@inline
function times(a: v128, b: f32): v128 {
  return f32x4.mul(a, f32x4.splat(b));
}

/** e^x within 1 ulp: x = n ln 2 + r, the power of two put together from two so that it may be subnormal. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const t = f32x4.max(f32x4.min(x, f32x4.splat(89)), f32x4.splat(-105));
  const n = f32x4.nearest(times(t, 1.44269504));
  const r = f32x4.sub(f32x4.sub(t, times(n, 0.693359375)), times(n, -2.12194440e-4));
  // (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2
  let p = fma(f32x4.splat(0.00139012747), r, 0.00836314491);
  p = fma(p, r, 0.0416668535);
  p = fma(p, r, 0.166665773);
  p = fma(p, r, 0.499999996);
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  const k = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(k, 1);
  const bias = i32x4.splat(127);
  const one = i32x4.shl(i32x4.add(half, bias), 23);
  const other = i32x4.shl(i32x4.add(i32x4.sub(k, half), bias), 23);
  return f32x4.mul(f32x4.mul(p, one), other);
}

// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const a = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  // (tanh x / x - 1) / x^2 for x^2 <= 0.36
  let p = fma(f32x4.splat(0.00237083397), z, -0.00841013228);
  p = fma(p, z, 0.0217883413);
  p = fma(p, z, -0.0539615543);
  p = fma(p, z, 0.133333129);
  p = fma(p, z, -0.333333332);
  const small = f32x4.add(x, f32x4.mul(f32x4.mul(p, z), x));
  const one = f32x4.splat(1);
  const e = exp4(f32x4.add(a, a));
  const large = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)));
  const signed = v128.or(large, v128.and(x, f32x4.splat(-0.0)));
  return v128.bitselect(signed, small, f32x4.ge(a, f32x4.splat(0.6)));
}

// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const a = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  // erf x / x for |x| <= 1
  let p = fma(f32x4.splat(7.8538505e-5), z, -0.000801019034);
  p = fma(p, z, 0.00518832731);
  p = fma(p, z, -0.0268538117);
  p = fma(p, z, 0.112835851);
  p = fma(p, z, -0.376126258);
  p = fma(p, z, 1.12837917);
  const small = f32x4.mul(p, x);
  // erfc x · e^(x^2) as a function of 1 / (1 + x / 2) for 1 <= x <= 4
  const one = f32x4.splat(1);
  const c = f32x4.min(a, f32x4.splat(4));
  const u = f32x4.div(one, fma(c, f32x4.splat(0.5), 1));
  let q = fma(f32x4.splat(0.119016463), u, -0.47015317);
  q = fma(q, u, 0.561875166);
  q = fma(q, u, -0.102594101);
  q = fma(q, u, 0.347361708);
  q = fma(q, u, 0.259801498);
  q = fma(q, u, 0.284896275);
  q = fma(q, u, -0.000153189705);
  const large = f32x4.sub(one, f32x4.mul(q, exp4(f32x4.neg(f32x4.mul(c, c)))));
  const signed = v128.or(large, v128.and(x, f32x4.splat(-0.0)));
  return v128.bitselect(signed, small, f32x4.ge(a, one));
}

/** The nearest float16, ties to even, as float32. */
// @ts-ignore: decorator
@inline
export function half4(x: v128): v128 {
  const odd = v128.and(i32x4.shr_u(x, 13), i32x4.splat(1));
  const carried = i32x4.add(i32x4.add(x, i32x4.splat(0xfff)), odd);
  const rounded = v128.andnot(carried, i32x4.splat(0x1fff));
  const a = f32x4.abs(x);
  const sign = v128.and(x, f32x4.splat(-0.0));
  const infinite = v128.or(sign, f32x4.splat(Infinity));
  // Subnormal ones are multiples of 2^-24, which is what float32 resolves between 0.5 and 1.
  const small = v128.or(sign, f32x4.sub(f32x4.add(a, f32x4.splat(0.5)), f32x4.splat(0.5)));
  let y = v128.bitselect(infinite, rounded, f32x4.ge(a, f32x4.splat(65520)));
  y = v128.bitselect(small, y, f32x4.lt(a, f32x4.splat(6.103515625e-5)));
  return v128.bitselect(x, y, f32x4.ne(x, x));
}

/** The nearest bfloat16, ties to even, as float32. */
// @ts-ignore: decorator
@inline
export function brain4(x: v128): v128 {
  const odd = v128.and(i32x4.shr_u(x, 16), i32x4.splat(1));
  const carried = i32x4.add(i32x4.add(x, i32x4.splat(0x7fff)), odd);
  return v128.bitselect(x, v128.andnot(carried, i32x4.splat(0xffff)), f32x4.ne(x, x));
}
