import { loadLanes, storeLanes } from './lanes';

/*
 * C[m, n] = A[m, k] · B[k, n] in float32, the inner loop of everything that multiplies.
 *
 * A is read where it stands. Four neighbours along k lie together; `aRow` is the distance in bytes between rows,
 * `aStep` between groups of four k. So rows of a matrix (aRow = 4k, aStep = 16) and pixels of an image in blocks of
 * four channels (aRow = 16, aStep = 16 · pixels) are the same to it.
 * B is packed: panels of 8 columns, [n / 8][k][8], the last one filled up with zeros.
 * C is written in groups of four columns: `cRow` bytes between rows, `cStep` between groups.
 *
 * A sum is made in parts of KC products; the parts are added in order. That is the same whatever the sizes of blocks
 * of rows are, and for every engine, since wasm rounds after each product and sum.
 */

/** Products that are summed in registers before the sum goes to memory. Part of the format: it decides roundings. */
const KC: usize = 256;

/** Rows that meet all columns before the next rows do, so that they stay in the second-level cache. */
const MC: usize = 64;

/** What happens to a tile's sums on their way to memory: one vector of one row. */
// @ts-ignore: decorator
@inline
function finish(v: v128, at: usize, lanes: usize, first: bool, last: bool, residual: isize, lo: v128, hi: v128): void {
  if (!first) v = f32x4.add(v, loadLanes(at, lanes));
  if (last) {
    if (residual != 0) v = f32x4.add(v, loadLanes(at + residual, lanes));
    v = f32x4.min(f32x4.max(v, lo), hi);
  }
  storeLanes(at, v, lanes);
}

/**
 * `bias`: n padded to 8 floats, or 0. `residual`: bytes from an element of C to what is added to it, or 0.
 * The result is clamped to [lo, hi].
 */
export function gemm(
  m: usize, n: usize, k: usize,
  a: usize, aRow: usize, aStep: usize,
  b: usize,
  c: usize, cRow: usize, cStep: usize,
  bias: usize, residual: isize, low: f32, high: f32,
): void {
  const lo = f32x4.splat(low);
  const hi = f32x4.splat(high);
  const skip = aStep - 16;
  for (let k0: usize = 0; k0 < k; k0 += KC) {
    const kc = min(KC, k - k0);
    const first = k0 == 0;
    const last = k0 + kc == k;
    const ak = a + (k0 >> 2) * aStep;
    for (let m0: usize = 0; m0 < m; m0 += MC) {
      const mEnd = min(m0 + MC, m);
      for (let j: usize = 0; j < n; j += 8) {
        const bj = b + (j * k + k0 * 8) * 4;
        const cj = c + (j >> 2) * cStep;
        const lanes = n - j;
        const lanes1: usize = lanes > 4 ? lanes - 4 : 0;
        let z0 = f32x4.splat(0);
        let z1 = f32x4.splat(0);
        if (first && bias != 0) {
          z0 = v128.load(bias + j * 4);
          z1 = v128.load(bias + j * 4, 16);
        }
        for (let i = m0; i < mEnd; i += 4) {
          let c00 = z0, c01 = z1, c10 = z0, c11 = z1, c20 = z0, c21 = z1, c30 = z0, c31 = z1;
          const rows = mEnd - i;
          // Rows beyond the last are the last one again: computed and not stored.
          let p0 = ak + i * aRow;
          let p1 = rows > 1 ? p0 + aRow : p0;
          let p2 = rows > 2 ? p1 + aRow : p1;
          let p3 = rows > 3 ? p2 + aRow : p2;
          let pb = bj;
          const end = pb + kc * 32;
          while (pb < end) {
            const group = min(pb + 128, end);
            do {
            const b0 = v128.load(pb), b1 = v128.load(pb, 16);
            let x = v128.load_splat<f32>(p0);
            c00 = f32x4.add(c00, f32x4.mul(x, b0)); c01 = f32x4.add(c01, f32x4.mul(x, b1));
            x = v128.load_splat<f32>(p1);
            c10 = f32x4.add(c10, f32x4.mul(x, b0)); c11 = f32x4.add(c11, f32x4.mul(x, b1));
            x = v128.load_splat<f32>(p2);
            c20 = f32x4.add(c20, f32x4.mul(x, b0)); c21 = f32x4.add(c21, f32x4.mul(x, b1));
            x = v128.load_splat<f32>(p3);
            c30 = f32x4.add(c30, f32x4.mul(x, b0)); c31 = f32x4.add(c31, f32x4.mul(x, b1));
            pb += 32; p0 += 4; p1 += 4; p2 += 4; p3 += 4;
            } while (pb < group);
            p0 += skip; p1 += skip; p2 += skip; p3 += skip;
          }
          let pc = cj + i * cRow;
          finish(c00, pc, lanes, first, last, residual, lo, hi);
          finish(c01, pc + cStep, lanes1, first, last, residual, lo, hi);
          if (rows > 1) {
            pc += cRow;
            finish(c10, pc, lanes, first, last, residual, lo, hi);
            finish(c11, pc + cStep, lanes1, first, last, residual, lo, hi);
            if (rows > 2) {
              pc += cRow;
              finish(c20, pc, lanes, first, last, residual, lo, hi);
              finish(c21, pc + cStep, lanes1, first, last, residual, lo, hi);
              if (rows > 3) {
                pc += cRow;
                finish(c30, pc, lanes, first, last, residual, lo, hi);
                finish(c31, pc + cStep, lanes1, first, last, residual, lo, hi);
              }
            }
          }
        }
      }
    }
  }
}
