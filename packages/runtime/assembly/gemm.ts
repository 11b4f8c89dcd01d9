import { clamp, madd } from './lanes';
import { headOf, sizeOf, widen } from './narrow';
import { rowBlock, spare, widePanel } from './scratch';

/*
 * C[m, n] = A[m, k] · B[k, n] in float32, the inner loop of everything that multiplies.
 *
 * A is read where it stands. Four neighbours along k lie together; `aRow` is the distance in bytes between rows,
 * `aStep` between groups of four k. So rows of a matrix (aRow = 4k, aStep = 16) and pixels of an image in blocks of
 * four channels (aRow = 16, aStep = 16 · pixels) are the same to it.
 * B is packed: panels of 8 columns, [n / 8][k][8], the last one filled up with zeros. Its numbers may be of 16 bits
 * or codes of 8 (`narrow.ts`), which are widened a panel at a time.
 * C is written in groups of four columns: `cRow` bytes between rows, `cStep` between groups.
 *
 * A sum is made in parts of KC products; the parts are added in order. That is the same whatever the sizes of blocks
 * of rows are, and for every engine, since wasm rounds after each product and sum.
 */

/** Products that are summed in registers before the sum goes to memory. Part of the format: it decides roundings. */
const KC: usize = 256;

/** Rows that meet all columns before the next rows do, so that they stay in the second-level cache. */
const MC: usize = 64;

/** Copies rows of A so that four of them lie together: [rows / 4][k / 4][4][4]. The last group may have fewer. */
function packRows(rows: usize, kGroups: usize, a: usize, aRow: usize, aStep: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    let from = a + i * aRow;
    let to = rowBlock() + (i >> 2) * kGroups * 64 + (i & 3) * 16;
    for (const end = to + kGroups * 64; to < end; to += 64, from += aStep) v128.store(to, v128.load(from));
  }
}

/** Brings the part that belongs to C of a tile that reaches over the edge to memory. `edge`: all of its sums. */
function finishEdge(
  edge: usize, rows: usize, columns: usize, c: usize, cRow: usize, cStep: usize,
  first: bool, last: bool, residual: isize, low: f32, high: f32,
): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j++) {
      const at = c + i * cRow + (j >> 2) * cStep + (j & 3) * 4;
      let v = load<f32>(edge + i * 32 + j * 4);
      if (!first) v += load<f32>(at);
      if (last) {
        if (residual != 0) v += load<f32>(at + residual);
        v = min(max(v, low), high);
      }
      store<f32>(at, v);
    }
  }
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
  multiply(0, m, n, k, a, aRow, aStep, b, c, cRow, cStep, bias, residual, low, high);
}

/** `gemm` with a B of 16 or 8 bits a number. */
export function gemmNarrow(
  type: i32, m: usize, n: usize, k: usize,
  a: usize, aRow: usize, aStep: usize,
  b: usize,
  c: usize, cRow: usize, cStep: usize,
  bias: usize, residual: isize, low: f32, high: f32,
): void {
  multiply(type, m, n, k, a, aRow, aStep, b, c, cRow, cStep, bias, residual, low, high);
}

/** `type` is 0 for a B of float32. */
function multiply(
  type: i32, m: usize, n: usize, k: usize,
  a: usize, aRow: usize, aStep: usize,
  b: usize,
  c: usize, cRow: usize, cStep: usize,
  bias: usize, residual: isize, low: f32, high: f32,
): void {
  const packed = aRow != 16;
  const edge = spare();
  const group: usize = packed ? 64 : aStep;
  for (let k0: usize = 0; k0 < k; k0 += KC) {
    const kc = min(KC, k - k0);
    const first = k0 == 0;
    const last = k0 + kc == k;
    const ak = a + (k0 >> 2) * aStep;
    const kGroups = (kc + 3) >> 2;
    for (let m0: usize = 0; m0 < m; m0 += MC) {
      const mEnd = min(m0 + MC, m);
      if (packed) packRows(mEnd - m0, kGroups, ak + m0 * aRow, aRow, aStep);
      for (let j: usize = 0; j < n; j += 8) {
        const head = b + j * k * sizeOf(type) + (j >> 3) * headOf(type);
        let bj = head + headOf(type) + k0 * 8 * sizeOf(type);
        if (type != 0) {
          widen(type, kc, head, bj, widePanel());
          bj = widePanel();
        }
        const cj = c + (j >> 2) * cStep;
        let z0 = f32x4.splat(0);
        let z1 = f32x4.splat(0);
        if (first && bias != 0) {
          z0 = v128.load(bias + j * 4);
          z1 = v128.load(bias + j * 4, 16);
        }
        for (let i = m0; i < mEnd; i += 4) {
          let c00 = z0, c01 = z1, c10 = z0, c11 = z1, c20 = z0, c21 = z1, c30 = z0, c31 = z1;
          let p = packed ? rowBlock() + (i - m0) * kGroups * 16 : ak + i * 16;
          let pb = bj;
          // The ways out keep each k a block of its own, whose sums and operands V8 holds in registers. Without them it
          // brings all loads to the beginning, and spills.
          let b0: v128, b1: v128, x: v128;
          for (let left = <isize>kc;;) {
            b0 = v128.load(pb); b1 = v128.load(pb, 16); x = v128.load_splat<f32>(p);
            c00 = madd(x, b0, c00); c01 = madd(x, b1, c01); x = v128.load_splat<f32>(p, 16);
            c10 = madd(x, b0, c10); c11 = madd(x, b1, c11); x = v128.load_splat<f32>(p, 32);
            c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); x = v128.load_splat<f32>(p, 48);
            c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
            if (left == 1) break;
            b0 = v128.load(pb, 32); b1 = v128.load(pb, 48); x = v128.load_splat<f32>(p, 4);
            c00 = madd(x, b0, c00); c01 = madd(x, b1, c01); x = v128.load_splat<f32>(p, 20);
            c10 = madd(x, b0, c10); c11 = madd(x, b1, c11); x = v128.load_splat<f32>(p, 36);
            c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); x = v128.load_splat<f32>(p, 52);
            c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
            if (left == 2) break;
            b0 = v128.load(pb, 64); b1 = v128.load(pb, 80); x = v128.load_splat<f32>(p, 8);
            c00 = madd(x, b0, c00); c01 = madd(x, b1, c01); x = v128.load_splat<f32>(p, 24);
            c10 = madd(x, b0, c10); c11 = madd(x, b1, c11); x = v128.load_splat<f32>(p, 40);
            c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); x = v128.load_splat<f32>(p, 56);
            c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
            if (left == 3) break;
            b0 = v128.load(pb, 96); b1 = v128.load(pb, 112); x = v128.load_splat<f32>(p, 12);
            c00 = madd(x, b0, c00); c01 = madd(x, b1, c01); x = v128.load_splat<f32>(p, 28);
            c10 = madd(x, b0, c10); c11 = madd(x, b1, c11); x = v128.load_splat<f32>(p, 44);
            c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); x = v128.load_splat<f32>(p, 60);
            c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
            left -= 4;
            if (left <= 0) break;
            pb += 128;
            p += group;
          }
          const pc = cj + i * cRow;
          if (mEnd - i < 4 || n - j < 8) {
            v128.store(edge, c00); v128.store(edge, c01, 16); v128.store(edge, c10, 32); v128.store(edge, c11, 48);
            v128.store(edge, c20, 64); v128.store(edge, c21, 80); v128.store(edge, c30, 96); v128.store(edge, c31, 112);
            const rows = min<usize>(4, mEnd - i), columns = min<usize>(8, n - j);
            finishEdge(edge, rows, columns, pc, cRow, cStep, first, last, residual, low, high);
            continue;
          }
          const pc1 = pc + cRow, pc2 = pc1 + cRow, pc3 = pc2 + cRow;
          if (!first) {
            c00 = f32x4.add(c00, v128.load(pc)); c01 = f32x4.add(c01, v128.load(pc + cStep));
            c10 = f32x4.add(c10, v128.load(pc1)); c11 = f32x4.add(c11, v128.load(pc1 + cStep));
            c20 = f32x4.add(c20, v128.load(pc2)); c21 = f32x4.add(c21, v128.load(pc2 + cStep));
            c30 = f32x4.add(c30, v128.load(pc3)); c31 = f32x4.add(c31, v128.load(pc3 + cStep));
          }
          if (last) {
            if (residual != 0) {
              const r0 = pc + residual, r1 = pc1 + residual, r2 = pc2 + residual, r3 = pc3 + residual;
              c00 = f32x4.add(c00, v128.load(r0)); c01 = f32x4.add(c01, v128.load(r0 + cStep));
              c10 = f32x4.add(c10, v128.load(r1)); c11 = f32x4.add(c11, v128.load(r1 + cStep));
              c20 = f32x4.add(c20, v128.load(r2)); c21 = f32x4.add(c21, v128.load(r2 + cStep));
              c30 = f32x4.add(c30, v128.load(r3)); c31 = f32x4.add(c31, v128.load(r3 + cStep));
            }
            const lo = f32x4.splat(low), hi = f32x4.splat(high);
            c00 = clamp(c00, lo, hi); c01 = clamp(c01, lo, hi);
            c10 = clamp(c10, lo, hi); c11 = clamp(c11, lo, hi);
            c20 = clamp(c20, lo, hi); c21 = clamp(c21, lo, hi);
            c30 = clamp(c30, lo, hi); c31 = clamp(c31, lo, hi);
          }
          v128.store(pc, c00); v128.store(pc + cStep, c01);
          v128.store(pc1, c10); v128.store(pc1 + cStep, c11);
          v128.store(pc2, c20); v128.store(pc2 + cStep, c21);
          v128.store(pc3, c30); v128.store(pc3 + cStep, c31);
        }
      }
    }
  }
}
