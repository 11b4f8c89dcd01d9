/*
 * Products of 8-bit codes, exact modulo 2^32. Codes are widened to 16 bits, their zero points taken off, and two
 * neighbours along k multiplied and added by one instruction. `pairs` is k / 2, rounded up; an odd k ends with zero.
 */

import { spare } from './scratch';

// @ts-ignore: decorator
@inline
function code(signed: bool, at: usize): i32 {
  return signed ? <i32>load<i8>(at) : <i32>load<u8>(at);
}

/** Rows of codes less one zero point for each row (`zeroStep` 4) or for all (0): [rows][pairs][2] of 16 bits. */
export function widenRows(
  signed: bool, rows: usize, k: usize, from: usize, zeros: usize, zeroStep: usize, to: usize,
): void {
  const odd = k & 1;
  for (let i: usize = 0; i < rows; i++, zeros += zeroStep) {
    const zero = load<i32>(zeros);
    const zeroes = i16x8.splat(<i16>zero);
    let j: usize = 0;
    for (; j + 8 <= k; j += 8, from += 8, to += 16) {
      const wide = signed ? v128.load_ext<i8>(from) : v128.load_ext<u8>(from);
      v128.store(to, i16x8.sub(wide, zeroes));
    }
    for (; j < k; j++, from++, to += 2) store<i16>(to, <i16>(code(signed, from) - zero));
    if (odd) {
      store<i16>(to, 0);
      to += 2;
    }
  }
}

/** The zero points of the columns `j` to `j + 8` of `n`, as 16 bits. */
function zeroPoints(zeros: usize, zeroStep: usize, j: usize, n: usize): v128 {
  const zeroes = spare();
  for (let l: usize = 0; l < 8; l++) {
    store<i16>(zeroes + l * 2, <i16>load<i32>(zeros + (zeroStep == 0 ? 0 : min(j + l, n - 1) * 4)));
  }
  return v128.load(zeroes);
}

/** 8 codes less their zero points. */
// @ts-ignore: decorator
@inline
function widened(signed: bool, at: usize, zero: v128): v128 {
  return i16x8.sub(signed ? v128.load_ext<i8>(at) : v128.load_ext<u8>(at), zero);
}

/**
 * `n` columns of a matrix of codes as panels [n / 8][pairs][8][2], less one zero point for each column or for all. The
 * matrix has `k` rows, `row` bytes apart; 7 bytes beyond the last row may be read.
 */
export function packPairs(
  signed: bool, k: usize, n: usize, row: usize, from: usize, zeros: usize, zeroStep: usize, to: usize,
): void {
  for (let j: usize = 0; j < n; j += 8, from += 8) {
    const zero = zeroPoints(zeros, zeroStep, j, n);
    let at = from;
    for (let i: usize = 0; i < k; i += 2, at += 2 * row, to += 32) {
      const a = widened(signed, at, zero);
      const b = i + 1 < k ? widened(signed, at + row, zero) : i16x8.splat(0);
      v128.store(to, i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11));
      v128.store(to, i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    }
  }
}

/**
 * What `packPairs` and `multiplyPairs` do, for no more than four rows, without panels: each code is read once.
 */
export function multiplyFew(
  signed: bool, m: usize, n: usize, k: usize, a: usize,
  row: usize, from: usize, zeros: usize, zeroStep: usize, c: usize, cRow: usize,
): void {
  const aRow = ((k + 1) >> 1) * 4;
  for (let j: usize = 0; j < n; j += 8, from += 8, c += 32) {
    const zero = zeroPoints(zeros, zeroStep, j, n);
    let c00 = i32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
    let p0 = a;
    let p1 = m > 1 ? p0 + aRow : p0;
    let p2 = m > 2 ? p1 + aRow : p1;
    let p3 = m > 3 ? p2 + aRow : p2;
    let at = from;
    for (let i: usize = 0; i < k; i += 2, at += 2 * row, p0 += 4, p1 += 4, p2 += 4, p3 += 4) {
      const x = widened(signed, at, zero);
      // The last of an odd number of rows meets zeros.
      const y = widened(signed, i + 1 < k ? at + row : at, zero);
      const b0 = i16x8.shuffle(x, y, 0, 8, 1, 9, 2, 10, 3, 11);
      const b1 = i16x8.shuffle(x, y, 4, 12, 5, 13, 6, 14, 7, 15);
      let v = v128.load_splat<i32>(p0);
      c00 = i32x4.add(c00, i32x4.dot_i16x8_s(v, b0)); c01 = i32x4.add(c01, i32x4.dot_i16x8_s(v, b1));
      if (m == 1) continue;
      v = v128.load_splat<i32>(p1);
      c10 = i32x4.add(c10, i32x4.dot_i16x8_s(v, b0)); c11 = i32x4.add(c11, i32x4.dot_i16x8_s(v, b1));
      v = v128.load_splat<i32>(p2);
      c20 = i32x4.add(c20, i32x4.dot_i16x8_s(v, b0)); c21 = i32x4.add(c21, i32x4.dot_i16x8_s(v, b1));
      v = v128.load_splat<i32>(p3);
      c30 = i32x4.add(c30, i32x4.dot_i16x8_s(v, b0)); c31 = i32x4.add(c31, i32x4.dot_i16x8_s(v, b1));
    }
    let pc = c;
    v128.store(pc, c00); v128.store(pc, c01, 16);
    if (m > 1) { pc += cRow; v128.store(pc, c10); v128.store(pc, c11, 16); }
    if (m > 2) { pc += cRow; v128.store(pc, c20); v128.store(pc, c21, 16); }
    if (m > 3) { pc += cRow; v128.store(pc, c30); v128.store(pc, c31, 16); }
  }
}

/**
 * The windows `first` to `first + count` of an image of codes [channels, h, w] as panels of 8 windows; k goes over
 * channels, rows and columns of the window. Places outside the image are zero.
 */
export function gatherPairs(
  signed: bool, channels: isize, h: isize, w: isize, kh: isize, kw: isize, sh: isize, sw: isize, dh: isize, dw: isize,
  top: isize, left: isize, ow: isize, first: isize, count: isize, from: usize, zero: i32, to: usize,
): void {
  const pairs: usize = (channels * kh * kw + 1) >> 1;
  for (let p: isize = 0; p < count; p++) {
    const oy = (first + p) / ow;
    const y = oy * sh - top;
    const x = (first + p - oy * ow) * sw - left;
    const panel = to + (p >> 3) * pairs * 32 + (p & 7) * 4;
    let i: usize = 0;
    for (let c: isize = 0; c < channels; c++) {
      for (let ky: isize = 0; ky < kh; ky++) {
        const row = y + ky * dh;
        const inside = row >= 0 && row < h;
        const line = from + (c * h + row) * w + x;
        for (let kx: isize = 0; kx < kw; kx++, i++) {
          const column = x + kx * dw;
          const there = inside && column >= 0 && column < w;
          const value = there ? code(signed, line + kx * dw) - zero : 0;
          store<i16>(panel + (i >> 1) * 32 + (i & 1) * 2, <i16>value);
        }
      }
    }
    if (i & 1) store<i16>(panel + (i >> 1) * 32 + 2, 0);
  }
}

/**
 * C[m, n] = A[m, k] · B[k, n] as int32. A: rows of `pairs` pairs; B: panels; the rows of C are `cRow` bytes apart and
 * have room for whole panels.
 */
export function multiplyPairs(
  m: usize, n: usize, pairs: usize, a: usize, b: usize, c: usize, cRow: usize,
): void {
  const row = pairs * 4;
  for (let m0: usize = 0; m0 < m; m0 += 64) {
    const mEnd = min(m0 + 64, m);
    for (let j: usize = 0; j < n; j += 8) {
      const bj = b + j * row;
      for (let i = m0; i < mEnd; i += 4) {
        let c00 = i32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        const rows = mEnd - i;
        let p0 = a + i * row;
        let p1 = rows > 1 ? p0 + row : p0;
        let p2 = rows > 2 ? p1 + row : p1;
        let p3 = rows > 3 ? p2 + row : p2;
        let pb = bj;
        for (const end = pb + pairs * 32; pb < end; pb += 32, p0 += 4, p1 += 4, p2 += 4, p3 += 4) {
          const b0 = v128.load(pb), b1 = v128.load(pb, 16);
          let x = v128.load_splat<i32>(p0);
          c00 = i32x4.add(c00, i32x4.dot_i16x8_s(x, b0)); c01 = i32x4.add(c01, i32x4.dot_i16x8_s(x, b1));
          x = v128.load_splat<i32>(p1);
          c10 = i32x4.add(c10, i32x4.dot_i16x8_s(x, b0)); c11 = i32x4.add(c11, i32x4.dot_i16x8_s(x, b1));
          x = v128.load_splat<i32>(p2);
          c20 = i32x4.add(c20, i32x4.dot_i16x8_s(x, b0)); c21 = i32x4.add(c21, i32x4.dot_i16x8_s(x, b1));
          x = v128.load_splat<i32>(p3);
          c30 = i32x4.add(c30, i32x4.dot_i16x8_s(x, b0)); c31 = i32x4.add(c31, i32x4.dot_i16x8_s(x, b1));
        }
        let pc = c + i * cRow + j * 4;
        v128.store(pc, c00); v128.store(pc, c01, 16);
        if (rows > 1) { pc += cRow; v128.store(pc, c10); v128.store(pc, c11, 16); }
        if (rows > 2) { pc += cRow; v128.store(pc, c20); v128.store(pc, c21, 16); }
        if (rows > 3) { pc += cRow; v128.store(pc, c30); v128.store(pc, c31, 16); }
      }
    }
  }
}
