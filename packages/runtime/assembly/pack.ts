/** Brings matrices and images into the forms that the kernels read. Sizes in elements, strides in bytes. */

/**
 * Panels of 8 columns of a matrix [k, n]: [n / 8][k][8], the last panel filled up with zeros. The strides say where
 * the elements are, so a transposed matrix is packed as well.
 */
export function packColumns(k: usize, n: usize, b: usize, row: usize, column: usize, to: usize): void {
  for (let j: usize = 0; j < n; j += 8) {
    const width = min<usize>(8, n - j);
    const from = b + j * column;
    if (width == 8 && column == 4) {
      let at = from;
      for (let i: usize = 0; i < k; i++) {
        v128.store(to, v128.load(at));
        v128.store(to, v128.load(at, 16), 16);
        at += row;
        to += 32;
      }
    } else {
      for (let i: usize = 0; i < k; i++) {
        let at = from + i * row;
        for (let l: usize = 0; l < 8; l++) {
          store<f32>(to, l < width ? load<f32>(at) : 0);
          at += column;
          to += 4;
        }
      }
    }
  }
}

/** [c, pixels] to blocks of four channels, [c / 4][pixels][4]; channels beyond the last are zero. */
export function toBlocks(c: usize, pixels: usize, from: usize, to: usize): void {
  const plane = pixels * 4;
  for (let i: usize = 0; i < c; i += 4) {
    const lanes = c - i;
    const p0 = from + i * plane;
    const p1 = p0 + plane, p2 = p1 + plane, p3 = p2 + plane;
    let x: usize = 0;
    if (lanes >= 4) {
      for (; x + 16 <= plane; x += 16) {
        const r0 = v128.load(p0 + x), r1 = v128.load(p1 + x), r2 = v128.load(p2 + x), r3 = v128.load(p3 + x);
        storeTransposed(r0, r1, r2, r3, to, 16);
        to += 64;
      }
    }
    for (; x < plane; x += 4) {
      store<f32>(to, load<f32>(p0 + x));
      store<f32>(to, lanes > 1 ? load<f32>(p1 + x) : 0, 4);
      store<f32>(to, lanes > 2 ? load<f32>(p2 + x) : 0, 8);
      store<f32>(to, lanes > 3 ? load<f32>(p3 + x) : 0, 12);
      to += 16;
    }
  }
}

/** The way back from blocks of four channels. */
export function fromBlocks(c: usize, pixels: usize, from: usize, to: usize): void {
  const plane = pixels * 4;
  for (let i: usize = 0; i < c; i += 4) {
    const lanes = c - i;
    const p0 = to + i * plane;
    let x: usize = 0;
    if (lanes >= 4) {
      for (; x + 16 <= plane; x += 16) {
        const r0 = v128.load(from), r1 = v128.load(from, 16), r2 = v128.load(from, 32), r3 = v128.load(from, 48);
        storeTransposed(r0, r1, r2, r3, p0 + x, plane);
        from += 64;
      }
    }
    for (; x < plane; x += 4) {
      store<f32>(p0 + x, load<f32>(from));
      if (lanes > 1) store<f32>(p0 + x + plane, load<f32>(from, 4));
      if (lanes > 2) store<f32>(p0 + x + 2 * plane, load<f32>(from, 8));
      if (lanes > 3) store<f32>(p0 + x + 3 * plane, load<f32>(from, 12));
      from += 16;
    }
  }
}

// @ts-ignore: decorator
@inline
export function storeTransposed(r0: v128, r1: v128, r2: v128, r3: v128, to: usize, stride: usize): void {
  const a = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const b = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const c = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const d = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(a, c, 0, 2));
  v128.store(to + stride, i64x2.shuffle(a, c, 1, 3));
  v128.store(to + 2 * stride, i64x2.shuffle(b, d, 0, 2));
  v128.store(to + 3 * stride, i64x2.shuffle(b, d, 1, 3));
}

/** Transposes [rows, columns] of 4-byte elements; strides between rows of both sides in bytes. */
export function transpose(rows: usize, columns: usize, from: usize, fromRow: usize, to: usize, toRow: usize): void {
  let i: usize = 0;
  for (; i + 4 <= rows; i += 4) {
    const p = from + i * fromRow;
    let j: usize = 0;
    for (; j + 4 <= columns; j += 4) {
      const q = p + j * 4;
      const r0 = v128.load(q), r1 = v128.load(q + fromRow);
      const r2 = v128.load(q + 2 * fromRow), r3 = v128.load(q + 3 * fromRow);
      storeTransposed(r0, r1, r2, r3, to + j * toRow + i * 4, toRow);
    }
    for (; j < columns; j++) {
      for (let l: usize = 0; l < 4; l++) {
        store<f32>(to + j * toRow + (i + l) * 4, load<f32>(p + l * fromRow + j * 4));
      }
    }
  }
  for (; i < rows; i++) {
    for (let j: usize = 0; j < columns; j++) {
      store<f32>(to + j * toRow + i * 4, load<f32>(from + i * fromRow + j * 4));
    }
  }
}

/** Copies rows of `bytes` bytes; strides between rows of both sides in bytes. */
export function copyRows(rows: usize, bytes: usize, from: usize, fromRow: usize, to: usize, toRow: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    memory.copy(to, from, bytes);
    from += fromRow;
    to += toRow;
  }
}
