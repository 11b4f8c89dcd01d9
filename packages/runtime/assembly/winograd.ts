/*
 * Convolutions of 3 x 3 with stride 1 by F(2x2) and F(4x4): tiles of t x t pixels (t = 4 or 6), which overlap by
 * two, are transformed, multiplied channel by channel (by `gemm`, once for each of the t² places), and transformed
 * back into tiles of t - 2. Images are in blocks of four channels, so lanes are channels and nothing is shuffled.
 * The matrices are those of the interpolation points 0, 1, -1 (and 2, -2).
 */

/** A tile that reaches over the border of its image, filled up with zeros; and what is between the two passes. */
const border = memory.data(36 * 16, 16);
const between = memory.data(36 * 16, 16);

// @ts-ignore: decorator
@inline
function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}
// @ts-ignore: decorator
@inline
function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}
// @ts-ignore: decorator
@inline
function mul(a: v128, b: f32): v128 {
  return f32x4.mul(a, f32x4.splat(b));
}

/** One line of a tile of 4 or 6, transformed: from `at` in steps of `step` to `to` in steps of `next`. */
// @ts-ignore: decorator
@inline
function inputLine4(at: usize, step: usize, to: usize, next: usize): void {
  const d0 = v128.load(at), d1 = v128.load(at + step), d2 = v128.load(at + 2 * step), d3 = v128.load(at + 3 * step);
  v128.store(to, sub(d0, d2));
  v128.store(to + next, add(d1, d2));
  v128.store(to + 2 * next, sub(d2, d1));
  v128.store(to + 3 * next, sub(d1, d3));
}

// @ts-ignore: decorator
@inline
function inputLine6(at: usize, step: usize, to: usize, next: usize): void {
  const d0 = v128.load(at), d1 = v128.load(at + step), d2 = v128.load(at + 2 * step);
  const d3 = v128.load(at + 3 * step), d4 = v128.load(at + 4 * step), d5 = v128.load(at + 5 * step);
  const even = sub(d4, mul(d2, 4));
  const odd = sub(d3, mul(d1, 4));
  const even1 = sub(d4, d2);
  const odd1 = mul(sub(d3, d1), 2);
  v128.store(to, add(sub(mul(d0, 4), mul(d2, 5)), d4));
  v128.store(to + next, add(even, odd));
  v128.store(to + 2 * next, sub(even, odd));
  v128.store(to + 3 * next, add(even1, odd1));
  v128.store(to + 4 * next, sub(even1, odd1));
  v128.store(to + 5 * next, add(sub(mul(d1, 4), mul(d3, 5)), d5));
}

/**
 * Transforms the tiles `first` to `first + count` of an image: [t²][c / 4][count][4]. Tile rows have `across` tiles;
 * tile (0, 0) begins at (-top, -left).
 */
export function winogradInput(
  t: isize, blocks: usize, h: isize, w: isize, top: isize, left: isize, across: isize,
  first: isize, count: isize, from: usize, to: usize,
): void {
  const stride = blocks * count * 16;
  const row = w * 16;
  for (let i: isize = 0; i < count; i++) {
    const ty = (first + i) / across;
    const y = ty * (t - 2) - top;
    const x = (first + i - ty * across) * (t - 2) - left;
    const inside = y >= 0 && x >= 0 && y + t <= h && x + t <= w;
    for (let c: usize = 0; c < blocks; c++) {
      const image = from + c * h * row;
      const at = to + (c * count + i) * 16;
      let tile = image + (y * w + x) * 16;
      let step: usize = row;
      if (!inside) {
        for (let j: isize = 0; j < t; j++) {
          for (let k: isize = 0; k < t; k++) {
            const there = y + j >= 0 && y + j < h && x + k >= 0 && x + k < w;
            const v = there ? v128.load(image + ((y + j) * w + x + k) * 16) : f32x4.splat(0);
            v128.store(border + (j * t + k) * 16, v);
          }
        }
        tile = border;
        step = t * 16;
      }
      if (t == 4) {
        for (let k: usize = 0; k < 4; k++) inputLine4(tile + k * 16, step, between + k * 16, 64);
        for (let j: usize = 0; j < 4; j++) inputLine4(between + j * 64, 16, at + j * 4 * stride, stride);
      } else {
        for (let k: usize = 0; k < 6; k++) inputLine6(tile + k * 16, step, between + k * 16, 96);
        for (let j: usize = 0; j < 6; j++) inputLine6(between + j * 96, 16, at + j * 6 * stride, stride);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function outputLine2(at: usize, step: usize, to: usize, next: usize): void {
  const m0 = v128.load(at), m1 = v128.load(at + step), m2 = v128.load(at + 2 * step), m3 = v128.load(at + 3 * step);
  v128.store(to, add(add(m0, m1), m2));
  v128.store(to + next, sub(sub(m1, m2), m3));
}

// @ts-ignore: decorator
@inline
function outputLine4(at: usize, step: usize, to: usize, next: usize): void {
  const m0 = v128.load(at), m1 = v128.load(at + step), m2 = v128.load(at + 2 * step);
  const m3 = v128.load(at + 3 * step), m4 = v128.load(at + 4 * step), m5 = v128.load(at + 5 * step);
  const s = add(m1, m2), d = sub(m1, m2), s2 = add(m3, m4), d2 = sub(m3, m4);
  v128.store(to, add(add(m0, s), s2));
  v128.store(to + next, add(d, mul(d2, 2)));
  v128.store(to + 2 * next, add(s, mul(s2, 4)));
  v128.store(to + 3 * next, add(add(d, mul(d2, 8)), m5));
}

/**
 * Transforms products [t²][o / 4][count][4] back into the tiles `first` to `first + count` of a result of
 * oh x ow pixels, with bias [o], what stands at `residual` bytes from each element (if not 0), and a clamp.
 */
export function winogradOutput(
  t: isize, blocks: usize, oh: isize, ow: isize, across: isize, first: isize, count: isize,
  from: usize, bias: usize, residual: isize, to: usize, low: f32, high: f32,
): void {
  const stride = blocks * count * 16;
  const size = t - 2;
  const lo = f32x4.splat(low), hi = f32x4.splat(high);
  for (let c: usize = 0; c < blocks; c++) {
    const image = to + c * oh * ow * 16;
    const b = v128.load(bias + c * 16);
    for (let i: isize = 0; i < count; i++) {
      const at = from + (c * count + i) * 16;
      if (t == 4) {
        for (let k: usize = 0; k < 4; k++) outputLine2(at + k * stride, 4 * stride, between + k * 16, 64);
        for (let j: usize = 0; j < 2; j++) outputLine2(between + j * 64, 16, border + j * 32, 16);
      } else {
        for (let k: usize = 0; k < 6; k++) outputLine4(at + k * stride, 6 * stride, between + k * 16, 96);
        for (let j: usize = 0; j < 4; j++) outputLine4(between + j * 96, 16, border + j * 64, 16);
      }
      const ty = (first + i) / across;
      const y = ty * size;
      const x = (first + i - ty * across) * size;
      const rows = min(size, oh - y), columns = min(size, ow - x);
      for (let j: isize = 0; j < rows; j++) {
        const line = image + ((y + j) * ow + x) * 16;
        for (let k: isize = 0; k < columns; k++) {
          let v = add(v128.load(border + (j * size + k) * 16), b);
          if (residual != 0) v = add(v, v128.load(line + k * 16 + residual));
          v128.store(line + k * 16, f32x4.min(f32x4.max(v, lo), hi));
        }
      }
    }
  }
}
