import type { Kernels, parameters } from '../wasm/generated/kernels.ts';
import { panelBytes } from '../weight-type.ts';

/*
 * How calls of kernels are cut into parts for threads: along rows, columns, channels or elements, never along a sum. So
 * the results are the same, bit for bit, for every number of parts. Kernels that are not named here stay whole.
 */

type Parameter<K extends keyof Kernels> = (typeof parameters)[K][number];

/** How a call may be cut. */
export interface Cut<Name extends string = string> {
  /** The parameter that says how many rows (or the like) there are. */
  readonly of: Name;
  /** Parts have a multiple of so many of them, but for the last one. */
  readonly grain: number;
  /** By how much other arguments move from one to the next. */
  readonly moves: { readonly [N in Name]?: number };
}

/** Cuts of one kernel. */
export interface Cuts<Arguments extends readonly unknown[], Name extends string = string> {
  /** About how long a call takes on one thread, in nanoseconds. */
  cost(...args: Arguments): number;
  cut(...args: Arguments): Cut<Name>;
}

type CutsOfKernels = { readonly [K in keyof Kernels]?: Cuts<Parameters<Kernels[K]>, Parameter<K>> };

/** Products of floats, and of codes, in a nanosecond. */
const PRODUCTS = 16;

/** Numbers that are moved, or looked at, in a nanosecond. */
const MOVES = 2;

/** Elements of 4 bytes that fill two lines of the cache. */
const LINES = 32;

/**
 * Rows of a product, or columns, of which there are 8 in a panel: of the larger operand each thread reads a share, the
 * other one whole. Rows of matrices are brought together before they are multiplied, again for every share of columns.
 */
function cutProduct(
  m: number,
  n: number,
  [aRow, cRow, cStep]: readonly [number, number, number],
  columnBytes: number,
  bias: number,
): Cut<'m' | 'n' | 'a' | 'b' | 'c' | 'bias'> {
  const isImage = aRow === 16;
  if (m < (isImage ? n : Math.min(n, 128))) {
    return { of: 'n', grain: 8, moves: { b: columnBytes, c: cStep / 4, bias: bias === 0 ? 0 : 4 } };
  }
  return { of: 'm', grain: m >= 512 ? 64 : m >= 128 ? 16 : 4, moves: { a: aRow, c: cRow } };
}

export const cuts: CutsOfKernels = {
  gemm: {
    cost: (m, n, k) => (m * n * k) / PRODUCTS,
    cut: (m, n, k, _a, aRow, _aStep, _b, _c, cRow, cStep, bias) =>
      cutProduct(m, n, [aRow, cRow, cStep], panelBytes(0, k) / 8, bias),
  },
  gemmNarrow: {
    cost: (_type, m, n, k) => (m * n * k) / PRODUCTS,
    cut: (type, m, n, k, _a, aRow, _aStep, _b, _c, cRow, cStep, bias) =>
      cutProduct(m, n, [aRow, cRow, cStep], panelBytes(type, k) / 8, bias),
  },
  multiplyPairs: {
    cost: (m, n, pairs) => (m * n * pairs * 2) / PRODUCTS,
    cut: (_m, _n, pairs, _a, _b, _c, cRow) => ({ of: 'm', grain: 4, moves: { a: pairs * 4, c: cRow } }),
  },
  multiplyFew: {
    cost: (_signed, _m, n, k) => (n * k) / MOVES,
    cut: (_signed, _m, _n, _k, _a, _row, _from, _zeros, zeroStep) => ({
      of: 'n',
      grain: 64,
      moves: { from: 1, zeros: zeroStep, c: 4 },
    }),
  },
  packPairs: {
    cost: (_signed, k, n) => (k * n) / MOVES,
    cut: (_signed, k, _n, _row, _from, _zeros, zeroStep) => ({
      of: 'n',
      grain: 8,
      moves: { from: 1, zeros: zeroStep, to: Math.ceil(k / 2) * 4 },
    }),
  },
  widenRows: {
    cost: (_signed, rows, k) => (rows * k) / MOVES,
    cut: (_signed, _rows, k, _from, _zeros, zeroStep) => ({
      of: 'rows',
      grain: 4,
      moves: { from: k, zeros: zeroStep, to: Math.ceil(k / 2) * 4 },
    }),
  },
  packColumns: {
    cost: (k, n) => (k * n) / MOVES,
    cut: (k, _n, _b, _row, column) => ({ of: 'n', grain: 8, moves: { b: column, to: k * 4 } }),
  },
  transpose: {
    cost: (rows, columns) => (rows * columns) / MOVES,
    cut: (_rows, _columns, _from, fromRow) => ({ of: 'rows', grain: 16, moves: { from: fromRow, to: 4 } }),
  },

  depthwise: {
    cost: (blocks, _h, _w, kh, kw, _sh, _sw, _dh, _dw, _top, _left, oh, ow) =>
      (blocks * 4 * oh * ow * kh * kw) / (PRODUCTS / 2),
    cut: (_blocks, h, w, kh, kw, _sh, _sw, _dh, _dw, _top, _left, oh, ow) => ({
      of: 'blocks',
      grain: 1,
      moves: { from: h * w * 16, weights: kh * kw * 16, bias: 16, to: oh * ow * 16 },
    }),
  },
  gatherWindows: {
    cost: (blocks, _h, _w, kh, kw, _sh, _sw, _dh, _dw, _top, _left, _ow, _first, count) =>
      (blocks * 4 * kh * kw * count) / MOVES,
    cut: () => ({ of: 'count', grain: 4, moves: { first: 1, to: 16 } }),
  },
  gatherPairs: {
    cost: (_signed, channels, _h, _w, kh, kw, _sh, _sw, _dh, _dw, _top, _left, _ow, _first, count) =>
      channels * kh * kw * count,
    cut: (_signed, channels, _h, _w, kh, kw) => ({
      of: 'count',
      grain: 8,
      moves: { first: 1, to: Math.ceil((channels * kh * kw) / 2) * 4 },
    }),
  },
  winogradInput: {
    cost: (t, blocks, _h, _w, _top, _left, _across, _first, count) => blocks * 4 * t * t * count,
    cut: (_t, _blocks, h, w, _top, _left, _across, _first, count) => ({
      of: 'blocks',
      grain: 1,
      moves: { from: h * w * 16, to: count * 16 },
    }),
  },
  winogradOutput: {
    cost: (t, o, _planes, _oh, _ow, _across, _first, count) => o * t * t * count,
    cut: (_t, _o, _planes, oh, ow, _across, _first, count) => ({
      of: 'o',
      grain: 4,
      moves: { from: count * 4, bias: 4, to: oh * ow * 4 },
    }),
  },
  pool: {
    cost: (_kind, blocks, _h, _w, kh, kw, _sh, _sw, _dh, _dw, _top, _left, _bottom, _right, oh, ow) =>
      (blocks * 4 * oh * ow * kh * kw) / MOVES,
    cut: (_kind, _blocks, h, w, _kh, _kw, _sh, _sw, _dh, _dw, _top, _left, _bottom, _right, oh, ow) => ({
      of: 'blocks',
      grain: 1,
      moves: { from: h * w * 16, to: oh * ow * 16 },
    }),
  },
  poolAll: {
    cost: (blocks, pixels) => (blocks * 4 * pixels) / MOVES,
    cut: (_blocks, pixels) => ({ of: 'blocks', grain: 4, moves: { from: pixels * 16, to: 16 } }),
  },
  toBlocks: {
    cost: (c, pixels) => (c * pixels) / MOVES,
    cut: (_c, pixels) => ({ of: 'c', grain: 4, moves: { from: pixels * 4, to: pixels * 4 } }),
  },
  fromBlocks: {
    cost: (c, pixels) => (c * pixels) / MOVES,
    cut: (_c, pixels) => ({ of: 'c', grain: 4, moves: { from: pixels * 4, to: pixels * 4 } }),
  },
  scaleBlocks: {
    cost: (blocks, pixels) => (blocks * 4 * pixels) / MOVES,
    cut: (_blocks, pixels) => ({
      of: 'blocks',
      grain: 1,
      moves: { from: pixels * 16, scale: 16, shift: 16, to: pixels * 16 },
    }),
  },
  gateBlocks: {
    cost: (blocks, pixels) => (blocks * 4 * pixels) / MOVES,
    cut: (_blocks, pixels) => ({
      of: 'blocks',
      grain: 1,
      moves: { from: pixels * 16, factors: 16, to: pixels * 16 },
    }),
  },
  momentsOfBlocks: {
    cost: (blocks, pixels) => blocks * 4 * pixels,
    cut: (_blocks, pixels) => ({ of: 'blocks', grain: 1, moves: { from: pixels * 16, means: 32, to: 64 } }),
  },

  unary: {
    cost: (_op, n) => n,
    cut: () => ({ of: 'n', grain: LINES, moves: { from: 4, to: 4 } }),
  },
  binary: {
    cost: (_op, rows, n) => (rows * n) / MOVES,
    cut: (_op, rows, n, _a, aRow, aOne, _b, bRow, bOne) =>
      rows === 1
        ? { of: 'n', grain: LINES, moves: { a: aOne ? 0 : 4, b: bOne ? 0 : 4, to: 4 } }
        : { of: 'rows', grain: 1, moves: { a: aRow, b: bRow, to: n * 4 } },
  },
  select: {
    cost: (n) => n,
    cut: (_n, _c, cStep, _a, aStep, _b, bStep) => ({
      of: 'n',
      grain: LINES,
      moves: { c: cStep, a: aStep, b: bStep, to: 4 },
    }),
  },
  toCodes: {
    cost: (n) => n,
    cut: () => ({ of: 'n', grain: 4 * LINES, moves: { from: 4, to: 1 } }),
  },
  fromCodes: {
    cost: (n) => n,
    cut: () => ({ of: 'n', grain: 4 * LINES, moves: { from: 1, to: 4 } }),
  },
  throughCodes: {
    cost: (n) => n,
    cut: () => ({ of: 'n', grain: LINES, moves: { from: 4, to: 4 } }),
  },

  softmax: {
    cost: (rows, n) => rows * n * 2,
    cut: (_rows, n) => ({ of: 'rows', grain: 1, moves: { from: n * 4, to: n * 4 } }),
  },
  attend: {
    cost: (rows, n) => rows * n * 2,
    cut: (_rows, n, _scores, _scale, _cap, _mask, maskRow) => ({
      of: 'rows',
      grain: 1,
      moves: { scores: n * 4, mask: maskRow, begin: 1, end: 1 },
    }),
  },
  layerNorm: {
    cost: (rows, n) => rows * n,
    cut: (_rows, n) => ({ of: 'rows', grain: 1, moves: { from: n * 4, to: n * 4 } }),
  },
  rmsNorm: {
    cost: (rows, n) => rows * n,
    cut: (_rows, n) => ({ of: 'rows', grain: 1, moves: { from: n * 4, to: n * 4 } }),
  },
  reduceRows: {
    cost: (_op, rows, n) => (rows * n) / MOVES,
    cut: (_op, _rows, n) => ({ of: 'rows', grain: 16, moves: { from: n * 4, to: 4 } }),
  },

  copyRows: {
    cost: (rows, bytes) => (rows * bytes) / 4 / MOVES,
    cut: (_rows, _bytes, _from, fromRow, _to, toRow) => ({
      of: 'rows',
      grain: 1,
      moves: { from: fromRow, to: toRow },
    }),
  },
  copySteps: {
    cost: (rows, n) => (rows * n) / MOVES,
    cut: (_rows, _n, _from, fromRow, _step, _to, toRow) => ({
      of: 'rows',
      grain: 1,
      moves: { from: fromRow, to: toRow },
    }),
  },
  gatherRuns: {
    cost: (outer, count, run) => (outer * count * run) / 4 / MOVES,
    cut: (outer, count, run, _from, fromOuter) =>
      outer === 1
        ? { of: 'count', grain: 1, moves: { table: 4, to: run } }
        : { of: 'outer', grain: 1, moves: { from: fromOuter, to: count * run } },
  },
  blendRuns: {
    cost: (outer, count, run, taps) => (outer * count * run * taps) / MOVES,
    cut: (outer, count, run, taps, _from, fromOuter) =>
      outer === 1
        ? { of: 'count', grain: 1, moves: { table: taps * 4, weights: taps * 4, to: run * 4 } }
        : { of: 'outer', grain: 1, moves: { from: fromOuter, to: count * run * 4 } },
  },
};
