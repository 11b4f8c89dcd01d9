import { clamp } from './lanes';
import { storeTransposed } from './pack';
import { spare } from './scratch';

/* The way back from products of tiles (see `winograd-input.ts`) to images. */

/** Read from memory once a call: engines make constants of several instructions, each time they are used. */
const four = memory.data<f32>([4]);

/** One line of a tile of 4 to one of 2, from `at` in steps of `step` to `to` in steps of `next`. */
// @ts-ignore: decorator
@inline
function line4(at: usize, step: usize, to: usize, next: usize): void {
  const m0 = v128.load(at), m1 = v128.load(at + step), m2 = v128.load(at + 2 * step), m3 = v128.load(at + 3 * step);
  v128.store(to, f32x4.add(f32x4.add(m0, m1), m2));
  v128.store(to + next, f32x4.sub(f32x4.sub(m1, m2), m3));
}

/** One line of a tile of 6 to one of 4. `x4` is 4. */
// @ts-ignore: decorator
@inline
function line6(at: usize, step: usize, to: usize, next: usize, x4: v128): void {
  const m0 = v128.load(at), m1 = v128.load(at + step), m2 = v128.load(at + 2 * step);
  const m3 = v128.load(at + 3 * step), m4 = v128.load(at + 4 * step), m5 = v128.load(at + 5 * step);
  const sum = f32x4.add(m1, m2), difference = f32x4.sub(m1, m2);
  const outer = f32x4.add(m3, m4), half = f32x4.sub(m3, m4);
  const twice = f32x4.add(half, half);
  v128.store(to, f32x4.add(f32x4.add(m0, sum), outer));
  v128.store(to + next, f32x4.add(difference, twice));
  v128.store(to + 2 * next, f32x4.add(sum, f32x4.mul(outer, x4)));
  v128.store(to + 3 * next, f32x4.add(f32x4.add(difference, f32x4.mul(twice, x4)), m5));
}

/** Adds to `columns` pixels of a row what is to be added, and brings them between the bounds. */
// @ts-ignore: decorator
@inline
function finishRow(columns: isize, from: usize, to: usize, b: v128, residual: isize, lo: v128, hi: v128): void {
  for (const end = to + columns * 16; to < end; to += 16, from += 16) {
    let v = f32x4.add(v128.load(from), b);
    if (residual != 0) v = f32x4.add(v, v128.load(to + residual));
    v128.store(to, clamp(v, lo, hi));
  }
}

/** The same for a row of `size` pixels that goes to planes of `plane` bytes, one for each of `lanes` channels. */
// @ts-ignore: decorator
@inline
function finishPlanes(
  size: isize, columns: isize, lanes: isize, from: usize, to: usize, plane: usize, b: v128, lo: v128, hi: v128,
): void {
  const r0 = clamp(f32x4.add(v128.load(from), b), lo, hi), r1 = clamp(f32x4.add(v128.load(from, 16), b), lo, hi);
  if (size == 4) {
    const r2 = clamp(f32x4.add(v128.load(from, 32), b), lo, hi), r3 = clamp(f32x4.add(v128.load(from, 48), b), lo, hi);
    if (columns == 4 && lanes >= 4) return storeTransposed(r0, r1, r2, r3, to, plane);
    v128.store(from, r2, 32);
    v128.store(from, r3, 48);
  } else if (columns == 2 && lanes >= 4) {
    const low = i32x4.shuffle(r0, r1, 0, 4, 1, 5), high = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
    v128.store_lane<i64>(to, low, 0);
    v128.store_lane<i64>(to + plane, low, 1);
    v128.store_lane<i64>(to + 2 * plane, high, 0);
    return v128.store_lane<i64>(to + 3 * plane, high, 1);
  }
  v128.store(from, r0);
  v128.store(from, r1, 16);
  for (let l: isize = 0; l < min<isize>(lanes, 4); l++) {
    for (let k: isize = 0; k < columns; k++) store<f32>(to + l * plane + k * 4, load<f32>(from + k * 16 + l * 4));
  }
}

// @ts-ignore: decorator
@inline
function transform(
  t: isize, o: isize, planes: bool, oh: isize, ow: isize, across: isize, first: isize, count: isize,
  from: usize, stride: usize, bias: usize, residual: isize, to: usize, lo: v128, hi: v128,
): void {
  // What is between the two passes, and a tile that may reach over the end of its image.
  const between = spare(), border = between + 24 * 16;
  const x4 = v128.load_splat<f32>(four);
  const size = t - 2;
  const ty = first / across;
  const pixel: isize = planes ? 4 : 16;
  for (let c: isize = 0; c < o; c += 4, to += oh * ow * 16) {
    const b = v128.load(bias + c * 4);
    let y = ty * size;
    let x = (first - ty * across) * size;
    for (const end = from + count * 16; from < end; from += 16) {
      let place = from;
      if (t == 4) {
        for (let k: usize = 0; k < 64; k += 16, place += stride) line4(place, 4 * stride, between + k, 64);
        for (let j: usize = 0; j < 2; j++) line4(between + j * 64, 16, border + j * 32, 16);
      } else {
        for (let k: usize = 0; k < 96; k += 16, place += stride) line6(place, 6 * stride, between + k, 96, x4);
        for (let j: usize = 0; j < 4; j++) line6(between + j * 96, 16, border + j * 64, 16, x4);
      }
      const rows = min(size, oh - y), columns = min(size, ow - x);
      let row = border;
      let line = to + (y * ow + x) * pixel;
      for (let j: isize = 0; j < rows; j++, row += size * 16, line += ow * pixel) {
        if (planes) finishPlanes(size, columns, o - c, row, line, oh * ow * 4, b, lo, hi);
        else if (columns == size) finishRow(size, row, line, b, residual, lo, hi);
        else finishRow(columns, row, line, b, residual, lo, hi);
      }
      x += size;
      if (x >= across * size) {
        x = 0;
        y += size;
      }
    }
  }
}

/**
 * Transforms products [t²][o / 4][count][4], `stride` bytes from place to place, back into the tiles `first` to
 * `first + count` of a result of oh x ow pixels, with bias [o], what stands at `residual` bytes from each element (if
 * not 0), and a clamp. The result is in blocks of four channels, or in `planes`: row-major, and without a residual.
 */
export function winogradOutput(
  t: isize, o: isize, planes: bool, oh: isize, ow: isize, across: isize, first: isize, count: isize,
  from: usize, stride: usize, bias: usize, residual: isize, to: usize, low: f32, high: f32,
): void {
  const lo = f32x4.splat(low), hi = f32x4.splat(high);
  if (t == 4) transform(4, o, planes, oh, ow, across, first, count, from, stride, bias, residual, to, lo, hi);
  else transform(6, o, planes, oh, ow, across, first, count, from, stride, bias, residual, to, lo, hi);
}
