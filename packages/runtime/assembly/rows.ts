import { exp4 } from './functions';
import { largestOf, loadLanes, smallestOf, storeLanes, sumOf } from './lanes';
import { sumOfSquares } from './norms';

/** Softmax of each row of `n` floats. A row of -Inf, and one with +Inf or NaN, gives NaN. */
export function softmax(rows: usize, n: usize, from: usize, to: usize): void {
  for (let r: usize = 0; r < rows; r++, from += n * 4, to += n * 4) {
    const top = f32x4.splat(largest(n, from));
    let sum = f32x4.splat(0);
    let i: usize = 0;
    for (; i + 4 <= n; i += 4) {
      const e = exp4(f32x4.sub(v128.load(from + i * 4), top));
      sum = f32x4.add(sum, e);
      v128.store(to + i * 4, e);
    }
    if (i < n) {
      const e = exp4(f32x4.sub(loadLanes(from + i * 4, n - i, -Infinity), top));
      storeLanes(to + i * 4, e, n - i);
      for (let l = i; l < n; l++) sum = f32x4.add(sum, f32x4(load<f32>(to + l * 4), 0, 0, 0));
    }
    const total = f32x4.splat(sumOf(sum));
    for (i = 0; i + 4 <= n; i += 4) v128.store(to + i * 4, f32x4.div(v128.load(to + i * 4), total));
    if (i < n) storeLanes(to + i * 4, f32x4.div(loadLanes(to + i * 4, n - i), total), n - i);
  }
}

function largest(n: usize, from: usize): f32 {
  let v = f32x4.splat(-Infinity);
  let i: usize = 0;
  for (; i + 4 <= n; i += 4) v = f32x4.max(v, v128.load(from + i * 4));
  if (i < n) v = f32x4.max(v, loadLanes(from + i * 4, n - i, -Infinity));
  return largestOf(v);
}

function smallest(n: usize, from: usize): f32 {
  let v = f32x4.splat(Infinity);
  let i: usize = 0;
  for (; i + 4 <= n; i += 4) v = f32x4.min(v, v128.load(from + i * 4));
  if (i < n) v = f32x4.min(v, loadLanes(from + i * 4, n - i, Infinity));
  return smallestOf(v);
}

function sum(n: usize, from: usize): f32 {
  let v = f32x4.splat(0), w = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 8 <= n; i += 8) {
    v = f32x4.add(v, v128.load(from + i * 4));
    w = f32x4.add(w, v128.load(from + i * 4, 16));
  }
  for (; i < n; i += 4) v = f32x4.add(v, loadLanes(from + i * 4, n - i));
  return sumOf(f32x4.add(v, w));
}

/**
 * One number for each row of `n` floats: 0 the sum, 1 the mean, 2 the largest, 3 the smallest, 4 the sum of squares,
 * 5 its root.
 */
export function reduceRows(op: i32, rows: usize, n: usize, from: usize, to: usize): void {
  for (let r: usize = 0; r < rows; r++, from += n * 4, to += 4) {
    let v: f32;
    if (op < 2) v = sum(n, from) / (op == 1 ? <f32>n : 1);
    else if (op >= 4) v = <f32>(op == 4 ? sumOfSquares(n, from) : sqrt<f64>(sumOfSquares(n, from)));
    else v = op == 2 ? largest(n, from) : smallest(n, from);
    store<f32>(to, v);
  }
}

/** Brings each row of `n` floats to mean 0 and variance 1, then times `scale` [n] plus `shift` [n] (0: none). */
export function layerNorm(
  rows: usize, n: usize, epsilon: f32, from: usize, scale: usize, shift: usize, to: usize,
): void {
  for (let r: usize = 0; r < rows; r++, from += n * 4, to += n * 4) {
    const mean = f32x4.splat(sum(n, from) / <f32>n);
    let v = f32x4.splat(0);
    let i: usize = 0;
    for (; i + 4 <= n; i += 4) {
      const d = f32x4.sub(v128.load(from + i * 4), mean);
      v = f32x4.add(v, f32x4.mul(d, d));
      v128.store(to + i * 4, d);
    }
    for (; i < n; i++) {
      const d = load<f32>(from + i * 4) - f32x4.extract_lane(mean, 0);
      v = f32x4.add(v, f32x4(d * d, 0, 0, 0));
      store<f32>(to + i * 4, d);
    }
    const factor = f32x4.splat(1 / sqrt<f32>(sumOf(v) / <f32>n + epsilon));
    for (i = 0; i < n; i += 4) {
      let y = f32x4.mul(loadLanes(to + i * 4, n - i), f32x4.mul(factor, loadLanes(scale + i * 4, n - i)));
      if (shift != 0) y = f32x4.add(y, loadLanes(shift + i * 4, n - i));
      storeLanes(to + i * 4, y, n - i);
    }
  }
}
