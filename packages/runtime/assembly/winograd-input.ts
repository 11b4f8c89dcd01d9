import { spare } from './scratch';

/*
 * Convolutions of 3 x 3 with stride 1 by F(2x2) and F(4x4): tiles of t x t pixels (t = 4 or 6), which overlap by
 * two, are transformed, multiplied channel by channel (by `gemm`, once for each of the t² places), and transformed
 * back into tiles of t - 2. Images are in blocks of four channels, so lanes are channels and nothing is shuffled.
 * The matrices are those of the interpolation points 0, 1, -1 (and 2, -2).
 */

/** Read from memory once a call: engines make constants of several instructions, each time they are used. */
const four = memory.data<f32>([4]);

/** One line of a tile of 4: from `at` in steps of `step` to `to` in steps of `next`. */
// @ts-ignore: decorator
@inline
function line4(at: usize, step: usize, to: usize, next: usize): void {
  const d0 = v128.load(at), d1 = v128.load(at + step), d2 = v128.load(at + 2 * step), d3 = v128.load(at + 3 * step);
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + next, f32x4.add(d1, d2));
  v128.store(to + 2 * next, f32x4.sub(d2, d1));
  v128.store(to + 3 * next, f32x4.sub(d1, d3));
}

/** One line of a tile of 6. `x4` is 4. */
// @ts-ignore: decorator
@inline
function line6(at: usize, step: usize, to: usize, next: usize, x4: v128): void {
  const d0 = v128.load(at), d1 = v128.load(at + step), d2 = v128.load(at + 2 * step);
  const d3 = v128.load(at + 3 * step), d4 = v128.load(at + 4 * step), d5 = v128.load(at + 5 * step);
  const near = f32x4.sub(d4, d2);
  const even = f32x4.sub(d4, f32x4.mul(d2, x4));
  const odd = f32x4.sub(d3, f32x4.mul(d1, x4));
  const difference = f32x4.sub(d3, d1);
  const twice = f32x4.add(difference, difference);
  v128.store(to, f32x4.add(f32x4.mul(f32x4.sub(d0, d2), x4), near));
  v128.store(to + next, f32x4.add(even, odd));
  v128.store(to + 2 * next, f32x4.sub(even, odd));
  v128.store(to + 3 * next, f32x4.add(near, twice));
  v128.store(to + 4 * next, f32x4.sub(near, twice));
  v128.store(to + 5 * next, f32x4.sub(f32x4.sub(d5, d3), f32x4.add(twice, twice)));
}

/** Copies what a tile at (y, x) has of an image to `border`; the rest is zero. */
function fillBorder(t: isize, h: isize, w: isize, y: isize, x: isize, image: usize, border: usize): void {
  const zero = f32x4.splat(0);
  const begin = max<isize>(0, -x), end = min(t, w - x);
  let to = border;
  for (let j: isize = 0; j < t; j++) {
    const inside = y + j >= 0 && y + j < h;
    const from = image + ((y + j) * w + x) * 16;
    for (let k: isize = 0; k < t; k++, to += 16) {
      v128.store(to, inside && k >= begin && k < end ? v128.load(from + k * 16) : zero);
    }
  }
}

// @ts-ignore: decorator
@inline
function transform(
  t: isize, blocks: usize, h: isize, w: isize, top: isize, left: isize, across: isize,
  first: isize, count: isize, from: usize, to: usize, stride: usize,
): void {
  // What is between the two passes, and a tile that reaches over the border of its image.
  const between = spare(), border = between + 36 * 16;
  const x4 = v128.load_splat<f32>(four);
  const size = t - 2;
  const ty = first / across;
  const xEnd = across * size - left;
  for (let c: usize = 0; c < blocks; c++, from += h * w * 16) {
    let y = ty * size - top;
    let x = (first - ty * across) * size - left;
    for (const end = to + count * 16; to < end; to += 16) {
      let tile = from + (y * w + x) * 16;
      let row: usize = w * 16;
      if (y < 0 || x < 0 || y + t > h || x + t > w) {
        fillBorder(t, h, w, y, x, from, border);
        tile = border;
        row = t * 16;
      }
      let place = to;
      if (t == 4) {
        for (let k: usize = 0; k < 64; k += 16) line4(tile + k, row, between + k, 64);
        for (let j: usize = 0; j < 256; j += 64, place += 4 * stride) line4(between + j, 16, place, stride);
      } else {
        for (let k: usize = 0; k < 96; k += 16) line6(tile + k, row, between + k, 96, x4);
        for (let j: usize = 0; j < 576; j += 96, place += 6 * stride) line6(between + j, 16, place, stride, x4);
      }
      x += size;
      if (x == xEnd) {
        x = -left;
        y += size;
      }
    }
  }
}

/**
 * Transforms the tiles `first` to `first + count` of an image: [t²][c / 4][count][4], `stride` bytes from place to
 * place. Tile rows have `across` tiles; tile (0, 0) begins at (-top, -left).
 */
export function winogradInput(
  t: isize, blocks: usize, h: isize, w: isize, top: isize, left: isize, across: isize,
  first: isize, count: isize, from: usize, to: usize, stride: usize,
): void {
  if (t == 4) transform(4, blocks, h, w, top, left, across, first, count, from, to, stride);
  else transform(6, blocks, h, w, top, left, across, first, count, from, to, stride);
}
