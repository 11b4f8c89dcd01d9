import { exp4, tanh4 } from './functions';
import { largestOf, loadLanes, storeLanes, sumOf } from './lanes';

/**
 * Turns products of queries and keys into probabilities, in place: rows of `n` scores, times `scale`, kept within
 * ±`cap` (0: as they are) by tanh, plus a mask (`maskRow` bytes from row to row; 0: none), then Softmax.
 * Key i is allowed to row r where `begin + r <= i < end + r` and i < `valid`; to the others -Inf is added.
 * A row without any key that is allowed becomes zeros.
 */
export function attend(
  rows: isize, n: isize, scores: usize, scale: f32, cap: f32,
  mask: usize, maskRow: usize, begin: isize, end: isize, valid: isize,
): void {
  for (let r: isize = 0; r < rows; r++, scores += n * 4, mask += maskRow, begin++, end++) {
    const last = min(end, valid);
    const open = biasRow(n, scores, scale, cap, mask, begin, last);
    const top = open ? largest(n, scores) : -Infinity;
    if (top == -Infinity) memory.fill(scores, 0, n * 4);
    else normalize(n, scores, top);
  }
}

/** Scales and masks one row; says whether any key is left. */
// @ts-ignore: decorator
@inline
function biasRow(n: isize, scores: usize, scale: f32, cap: f32, mask: usize, begin: isize, end: isize): bool {
  const factor = f32x4.splat(scale), caps = f32x4.splat(cap), none = f32x4.splat(-Infinity);
  const first = i32x4.splat(<i32>begin), past = i32x4.splat(<i32>end);
  let place = i32x4(0, 1, 2, 3);
  let open = false;
  for (let i: isize = 0; i < n; i += 4, place = i32x4.add(place, i32x4.splat(4))) {
    const lanes = n - i;
    let v = f32x4.mul(loadLanes(scores + i * 4, lanes), factor);
    if (cap > 0) v = f32x4.mul(caps, tanh4(f32x4.div(v, caps)));
    const inside = v128.and(i32x4.ge_s(place, first), i32x4.lt_s(place, past));
    let bias = v128.andnot(none, inside);
    if (mask != 0) bias = f32x4.add(bias, loadLanes(mask + i * 4, lanes, -Infinity));
    if (lanes < 4) bias = v128.bitselect(bias, none, i32x4.lt_s(place, i32x4.splat(<i32>n)));
    if (v128.any_true(f32x4.ne(bias, none))) open = true;
    storeLanes(scores + i * 4, f32x4.add(v, bias), lanes);
  }
  return open;
}

function largest(n: isize, from: usize): f32 {
  let v = f32x4.splat(-Infinity);
  for (let i: isize = 0; i < n; i += 4) v = f32x4.max(v, loadLanes(from + i * 4, n - i, -Infinity));
  return largestOf(v);
}

function normalize(n: isize, row: usize, top: f32): void {
  const most = f32x4.splat(top);
  let sum = f32x4.splat(0);
  for (let i: isize = 0; i < n; i += 4) {
    const e = exp4(f32x4.sub(loadLanes(row + i * 4, n - i, -Infinity), most));
    sum = f32x4.add(sum, e);
    storeLanes(row + i * 4, e, n - i);
  }
  const total = f32x4.splat(sumOf(sum));
  for (let i: isize = 0; i < n; i += 4) {
    storeLanes(row + i * 4, f32x4.div(loadLanes(row + i * 4, n - i), total), n - i);
  }
}

/**
 * Rotates the pairs of `rows` rows by angles: (a, b) becomes (a cos - b sin, a sin + b cos). Partners are neighbours,
 * or `half` apart. `angles` holds for each row where its `half` cosines and sines begin, in elements.
 */
export function rotate(
  rows: usize, half: usize, interleaved: bool, from: usize, fromRow: usize,
  cosines: usize, sines: usize, angles: usize, to: usize,
): void {
  for (let r: usize = 0; r < rows; r++, from += fromRow, to += fromRow) {
    const at = <usize>load<u32>(angles + r * 4) * 4;
    const c = cosines + at, s = sines + at;
    let i: usize = 0;
    if (!interleaved) {
      const other = half * 4;
      for (; i + 4 <= half; i += 4) {
        const a = v128.load(from + i * 4), b = v128.load(from + other + i * 4);
        const x = v128.load(c + i * 4), y = v128.load(s + i * 4);
        v128.store(to + i * 4, f32x4.sub(f32x4.mul(a, x), f32x4.mul(b, y)));
        v128.store(to + other + i * 4, f32x4.add(f32x4.mul(a, y), f32x4.mul(b, x)));
      }
    }
    for (; i < half; i++) {
      const p = (interleaved ? 2 * i : i) * 4, q = p + (interleaved ? 4 : half * 4);
      const a = load<f32>(from + p), b = load<f32>(from + q);
      const x = load<f32>(c + i * 4), y = load<f32>(s + i * 4);
      store<f32>(to + p, a * x - b * y);
      store<f32>(to + q, a * y + b * x);
    }
  }
}
