import { loadLanes, storeLanes } from './lanes';

/** Sums over many elements are made in double: float32 would lose the small ones. */

// @ts-ignore: decorator
@inline
function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}
// @ts-ignore: decorator
@inline
function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1));
}

/** The sum of the squares of `n` floats. */
export function sumOfSquares(n: usize, from: usize): f64 {
  let s = f64x2.splat(0), t = f64x2.splat(0);
  for (let i: usize = 0; i < n; i += 4) {
    const v = loadLanes(from + i * 4, n - i);
    const a = low(v), b = high(v);
    s = f64x2.add(s, f64x2.mul(a, a));
    t = f64x2.add(t, f64x2.mul(b, b));
  }
  s = f64x2.add(s, t);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** Divides each row of `n` floats by its root mean square, then times `scale` [n]. */
export function rmsNorm(rows: usize, n: usize, epsilon: f32, from: usize, scale: usize, to: usize): void {
  for (let r: usize = 0; r < rows; r++, from += n * 4, to += n * 4) {
    const mean = sumOfSquares(n, from) / <f64>n;
    const factor = f32x4.splat(<f32>(1 / sqrt<f64>(mean + epsilon)));
    for (let i: usize = 0; i < n; i += 4) {
      const v = f32x4.mul(loadLanes(from + i * 4, n - i), factor);
      storeLanes(to + i * 4, f32x4.mul(v, loadLanes(scale + i * 4, n - i)), n - i);
    }
  }
}

/**
 * For each channel of an image in blocks the sum of what is left after `means` [c] (in double) are taken away, and of
 * the squares of that: [c / 4][2][4] in double. One block has `pixels` pixels.
 */
export function momentsOfBlocks(blocks: usize, pixels: usize, from: usize, means: usize, to: usize): void {
  for (let c: usize = 0; c < blocks; c++, means += 32, to += 64) {
    const m0 = v128.load(means), m1 = v128.load(means, 16);
    let s0 = f64x2.splat(0), s1 = f64x2.splat(0), q0 = f64x2.splat(0), q1 = f64x2.splat(0);
    for (let i: usize = 0; i < pixels; i++, from += 16) {
      const v = v128.load(from);
      const a = f64x2.sub(low(v), m0), b = f64x2.sub(high(v), m1);
      s0 = f64x2.add(s0, a);
      s1 = f64x2.add(s1, b);
      q0 = f64x2.add(q0, f64x2.mul(a, a));
      q1 = f64x2.add(q1, f64x2.mul(b, b));
    }
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, q0, 32);
    v128.store(to, q1, 48);
  }
}
