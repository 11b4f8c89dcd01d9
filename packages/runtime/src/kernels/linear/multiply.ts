import { multiplyBlocks } from './gemm-core.ts';
import { type Matrix, packRowsOf, storeInto, storeRow, type Target, transposed } from './matrix.ts';

/** Products with fewer rows than this are not worth packing B for. */
const THIN = 3;

/**
 * Multiplies A[m, k] by B[k, n] in double and stores the result, rounded once. The order of every sum is
 * k = 0, 1, 2, ... on every path.
 */
export function multiply(
  m: number,
  n: number,
  k: number,
  a: Matrix,
  b: Matrix,
  target: Target,
  tick: () => void,
): void {
  if (m < THIN) multiplyThin(m, n, k, a, b, target, tick);
  else multiplyBlocks(m, n, k, packRowsOf(a), packRowsOf(transposed(b)), storeInto(target), tick);
}

/** Row by row, without packing. */
function multiplyThin(
  m: number,
  n: number,
  k: number,
  a: Matrix,
  b: Matrix,
  target: Target,
  tick: () => void,
): void {
  const sums = new Float64Array(n);
  for (let i = 0; i < m; i += 1) {
    if (b.columnStride < b.rowStride) addRows(n, k, a, i, b, sums, tick);
    else dotColumns(n, k, a, i, b, sums, tick);
    storeRow(target, i, 0, n, sums, 0);
  }
}

/** B has its rows in memory order: add up multiples of them. */
function addRows(
  n: number,
  k: number,
  a: Matrix,
  row: number,
  b: Matrix,
  sums: Float64Array,
  tick: () => void,
): void {
  const { data, rowStride, columnStride } = b;
  sums.fill(0);
  for (let p = 0; p < k; p += 1) {
    const x = a.data[a.offset + row * a.rowStride + p * a.columnStride] as number;
    let at = b.offset + p * rowStride;
    for (let j = 0; j < n; j += 1) {
      sums[j] = (sums[j] as number) + x * (data[at] as number);
      at += columnStride;
    }
    if ((p & 255) === 0) tick();
  }
}

/** B has its columns in memory order: one inner product for each. */
function dotColumns(
  n: number,
  k: number,
  a: Matrix,
  row: number,
  b: Matrix,
  sums: Float64Array,
  tick: () => void,
): void {
  const line = new Float64Array(k);
  for (let p = 0; p < k; p += 1)
    line[p] = a.data[a.offset + row * a.rowStride + p * a.columnStride] as number;
  const { data, rowStride, columnStride } = b;
  for (let j = 0; j < n; j += 1) {
    let sum = 0;
    let at = b.offset + j * columnStride;
    for (let p = 0; p < k; p += 1) {
      sum += (line[p] as number) * (data[at] as number);
      at += rowStride;
    }
    sums[j] = sum;
    if ((j & 255) === 0) tick();
  }
}
