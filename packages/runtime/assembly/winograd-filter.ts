/*
 * Filters of 3 x 3 for Winograd's way to convolve: G · filter · G' in double, rounded once. See winograd-input.ts for
 * what they meet.
 */

import { spare } from './scratch';

/** The matrices G, by rows of three, for tiles of 4 and of 6. */
const four = memory.data<f64>([1, 0, 0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0, 0, 1], 16);
const six = memory.data<f64>(
  [
    0.25, 0, 0, -1.0 / 6, -1.0 / 6, -1.0 / 6, -1.0 / 6, 1.0 / 6, -1.0 / 6, 1.0 / 24, 1.0 / 12, 1.0 / 6,
    1.0 / 24, -1.0 / 12, 1.0 / 6, 0, 0, 1,
  ],
  16,
);

// @ts-ignore: decorator
@inline
function weighed(row: usize, a: v128, b: v128, c: v128): v128 {
  const x = f64x2.mul(v128.load64_splat(row), a);
  const y = f64x2.mul(v128.load64_splat(row, 8), b);
  return f64x2.add(f64x2.add(x, y), f64x2.mul(v128.load64_splat(row, 16), c));
}

// @ts-ignore: decorator
@inline
function pair(p: usize, q: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(<f64>load<f32>(p)), 1, <f64>load<f32>(q));
}

/**
 * Filters [o, c, 3, 3] for tiles of `t`, each times a factor (double): [t²][o / 8][channels][8], `place` bytes from one
 * of the t² to the next. Two filters are transformed at a time; with an odd `o` the last one twice.
 */
export function winogradFilters(
  t: usize, o: usize, c: usize, channels: usize, from: usize, factors: usize, to: usize, place: usize,
): void {
  const matrix = t == 4 ? four : six;
  // G · filter of two filters, one in each lane: [t][3].
  const half = spare();
  for (let j: usize = 0; j < o; j += 2) {
    const single = j + 1 == o;
    const next = single ? 0 : c * 36;
    const factor = f64x2.replace_lane(v128.load64_splat(factors + j * 8), 1, load<f64>(factors + (single ? j : j + 1) * 8));
    let p = from + j * c * 36;
    let column = to + (j >> 3) * channels * 32 + (j & 7) * 4;
    for (let ci: usize = 0; ci < c; ci++, p += 36, column += 32) {
      for (let x: usize = 0; x < 3; x++) {
        const q = p + x * 4;
        const a = pair(q, q + next), b = pair(q + 12, q + 12 + next), d = pair(q + 24, q + 24 + next);
        for (let i: usize = 0; i < t; i++) v128.store(half + (i * 3 + x) * 16, weighed(matrix + i * 24, a, b, d));
      }
      let at = column;
      for (let i: usize = 0; i < t; i++) {
        const row = half + i * 48;
        const a = v128.load(row), b = v128.load(row, 16), d = v128.load(row, 32);
        for (let u: usize = 0; u < t; u++, at += place) {
          const sum = f64x2.mul(weighed(matrix + u * 24, a, b, d), factor);
          const rounded = f32x4.demote_f64x2_zero(sum);
          if (single) v128.store_lane<f32>(at, rounded, 0);
          else v128.store_lane<f64>(at, rounded, 0);
        }
      }
    }
  }
}
