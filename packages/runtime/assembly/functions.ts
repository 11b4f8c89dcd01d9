import { clamp } from './lanes';

/*
 * Functions of four floats at a time, made of sums and products only, so that every engine gives the same. The
 * polynomials were fitted for the least relative error over the interval that each comment names.
 */

/*
 * Numbers are read from memory: engines make vectors of constants from several instructions, each time they are used.
 */

/** The float that stands at a place of a table, four times. */
// @ts-ignore: decorator
@inline
function entry(table: usize, index: usize): v128 {
  return v128.load_splat<f32>(table + index * 4);
}

/** a · b plus an entry of a table: a step of Horner's scheme. */
// @ts-ignore: decorator
@inline
function step(a: v128, b: v128, table: usize, index: usize): v128 {
  return f32x4.add(f32x4.mul(a, b), entry(table, index));
}

/** 1, 2, the sign; and for e^x its range, 1 / ln 2, and ln 2 in two parts of which the first times n is exact. */
const numbers = memory.data<f32>([1, 2, -0.0, 89, -105, 1.44269504, 0.693359375, -2.12194440e-4]);

/** (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2 */
const expSeries = memory.data<f32>([0.00139012747, 0.00836314491, 0.0416668535, 0.166665773, 0.499999996]);

/** (tanh x / x - 1) / x^2 as a function of x^2 <= 0.36, and the x up to which that is taken */
const tanhSeries = memory.data<f32>([
  0.00237083397, -0.00841013228, 0.0217883413, -0.0539615543, 0.133333129, -0.333333332, 0.6,
]);

/** erf x / x as a function of x^2 <= 1 */
const erfSeries = memory.data<f32>([
  7.8538505e-5, -0.000801019034, 0.00518832731, -0.0268538117, 0.112835851, -0.376126258, 1.12837917,
]);

/** erfc x · e^(x^2) as a function of 1 / (1 + x / 2) for 1 <= x <= 4; then 4 and 1 / 2 */
const erfcSeries = memory.data<f32>([
  0.119016463, -0.47015317, 0.561875166, -0.102594101, 0.347361708, 0.259801498, 0.284896275, -0.000153189705, 4, 0.5,
]);

/** The exponent of 1, as it stands in a float. */
const bias = memory.data<i32>([127]);

/** e^x within 1 ulp: x = n ln 2 + r, the power of two put together from two so that it may be subnormal. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const t = clamp(x, entry(numbers, 4), entry(numbers, 3));
  const n = f32x4.nearest(f32x4.mul(t, entry(numbers, 5)));
  const r = f32x4.sub(f32x4.sub(t, f32x4.mul(n, entry(numbers, 6))), f32x4.mul(n, entry(numbers, 7)));
  let p = step(entry(expSeries, 0), r, expSeries, 1);
  p = step(p, r, expSeries, 2);
  p = step(p, r, expSeries, 3);
  p = step(p, r, expSeries, 4);
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), entry(numbers, 0));
  const k = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(k, 1);
  const b = v128.load_splat<i32>(bias);
  const one = i32x4.shl(i32x4.add(half, b), 23);
  const other = i32x4.shl(i32x4.add(i32x4.sub(k, half), b), 23);
  return f32x4.mul(f32x4.mul(p, one), other);
}

// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = entry(numbers, 0);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const a = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = step(entry(tanhSeries, 0), z, tanhSeries, 1);
  p = step(p, z, tanhSeries, 2);
  p = step(p, z, tanhSeries, 3);
  p = step(p, z, tanhSeries, 4);
  p = step(p, z, tanhSeries, 5);
  const small = f32x4.add(x, f32x4.mul(f32x4.mul(p, z), x));
  const one = entry(numbers, 0);
  const e = exp4(f32x4.add(a, a));
  const large = f32x4.sub(one, f32x4.div(entry(numbers, 1), f32x4.add(e, one)));
  const signed = v128.or(large, v128.and(x, entry(numbers, 2)));
  return v128.bitselect(signed, small, f32x4.ge(a, entry(tanhSeries, 6)));
}

// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const a = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = step(entry(erfSeries, 0), z, erfSeries, 1);
  p = step(p, z, erfSeries, 2);
  p = step(p, z, erfSeries, 3);
  p = step(p, z, erfSeries, 4);
  p = step(p, z, erfSeries, 5);
  p = step(p, z, erfSeries, 6);
  const small = f32x4.mul(p, x);
  const one = entry(numbers, 0);
  const c = f32x4.min(a, entry(erfcSeries, 8));
  const u = f32x4.div(one, step(c, entry(erfcSeries, 9), numbers, 0));
  let q = step(entry(erfcSeries, 0), u, erfcSeries, 1);
  q = step(q, u, erfcSeries, 2);
  q = step(q, u, erfcSeries, 3);
  q = step(q, u, erfcSeries, 4);
  q = step(q, u, erfcSeries, 5);
  q = step(q, u, erfcSeries, 6);
  q = step(q, u, erfcSeries, 7);
  const large = f32x4.sub(one, f32x4.mul(q, exp4(f32x4.neg(f32x4.mul(c, c)))));
  const signed = v128.or(large, v128.and(x, entry(numbers, 2)));
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
