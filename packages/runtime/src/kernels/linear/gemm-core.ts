/**
 * The inner product of everything that multiplies matrices: C[m, n] = A[m, k] · B[k, n], accumulated in
 * double. Every element is the sum of its products in the order k = 0, 1, 2, ..., whatever the blocks and
 * tiles are, so that results do not depend on how the work is cut.
 */

/** Rows and columns of C that are accumulated in registers at a time. */
const TILE = 4;

/** Largest block of rows, columns and depth: its panels and its accumulators stay in the second-level cache. */
const ROWS = 128;
const COLUMNS = 256;
const DEPTH = 512;

/**
 * Copies a block of one operand into panels: lines are rows of A or columns of B. Line `l` of the block at
 * depth `d` goes to `panels[((l >> 2) * depth + d) * 4 + (l & 3)]`; lines beyond the last are left as they are.
 */
export type PackPanels = (
  firstLine: number,
  lines: number,
  firstDepth: number,
  depth: number,
  panels: Float64Array,
) => void;

/** Takes a finished block of C out of its accumulators, of which a row has `stride` elements. */
export type StoreBlock = (
  firstRow: number,
  rows: number,
  firstColumn: number,
  columns: number,
  block: Float64Array,
  stride: number,
) => void;

/** Multiplies two matrices that the callbacks bring in and take out block by block. `tick` is called per block. */
export function multiplyBlocks(
  m: number,
  n: number,
  k: number,
  packRows: PackPanels,
  packColumns: PackPanels,
  store: StoreBlock,
  tick: () => void,
): void {
  const rows = roundUp(Math.min(m, ROWS));
  const columns = roundUp(Math.min(n, COLUMNS));
  const depth = Math.min(k, DEPTH);
  const a = new Float64Array(rows * depth);
  const b = new Float64Array(columns * depth);
  const c = new Float64Array(rows * columns);
  for (let j = 0; j < n; j += columns) {
    const width = Math.min(columns, n - j);
    for (let i = 0; i < m; i += rows) {
      const height = Math.min(rows, m - i);
      c.fill(0);
      for (let p = 0; p < k; p += depth) {
        const deep = Math.min(depth, k - p);
        packRows(i, height, p, deep, a);
        packColumns(j, width, p, deep, b);
        multiplyPanels(a, height, b, width, deep, c, columns);
        tick();
      }
      store(i, height, j, width, c, columns);
    }
  }
}

function roundUp(count: number): number {
  return Math.ceil(count / TILE) * TILE;
}

/** Adds the product of packed panels to a block of accumulators. */
function multiplyPanels(
  a: Float64Array,
  rows: number,
  b: Float64Array,
  columns: number,
  depth: number,
  c: Float64Array,
  stride: number,
): void {
  const panel = depth * TILE;
  for (let j = 0; j < columns; j += TILE) {
    for (let i = 0; i < rows; i += TILE) {
      multiplyTile(a, (i / TILE) * panel, b, (j / TILE) * panel, depth, c, i * stride + j, stride);
    }
  }
}

/** Sixteen sums at once, so that each loaded number serves four products. */
function multiplyTile(
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  depth: number,
  c: Float64Array,
  row0: number,
  stride: number,
): void {
  const row1 = row0 + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  let c00 = c[row0] as number;
  let c01 = c[row0 + 1] as number;
  let c02 = c[row0 + 2] as number;
  let c03 = c[row0 + 3] as number;
  let c10 = c[row1] as number;
  let c11 = c[row1 + 1] as number;
  let c12 = c[row1 + 2] as number;
  let c13 = c[row1 + 3] as number;
  let c20 = c[row2] as number;
  let c21 = c[row2 + 1] as number;
  let c22 = c[row2 + 2] as number;
  let c23 = c[row2 + 3] as number;
  let c30 = c[row3] as number;
  let c31 = c[row3 + 1] as number;
  let c32 = c[row3 + 2] as number;
  let c33 = c[row3 + 3] as number;
  const aEnd = aStart + depth * TILE;
  for (let p = aStart, q = bStart; p < aEnd; p += TILE, q += TILE) {
    const b0 = b[q] as number;
    const b1 = b[q + 1] as number;
    const b2 = b[q + 2] as number;
    const b3 = b[q + 3] as number;
    const a0 = a[p] as number;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[p + 1] as number;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[p + 2] as number;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[p + 3] as number;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  c[row0] = c00;
  c[row0 + 1] = c01;
  c[row0 + 2] = c02;
  c[row0 + 3] = c03;
  c[row1] = c10;
  c[row1 + 1] = c11;
  c[row1 + 2] = c12;
  c[row1 + 3] = c13;
  c[row2] = c20;
  c[row2 + 1] = c21;
  c[row2 + 2] = c22;
  c[row2 + 3] = c23;
  c[row3] = c30;
  c[row3 + 1] = c31;
  c[row3 + 2] = c32;
  c[row3 + 3] = c33;
}
