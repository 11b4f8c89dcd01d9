import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Matrix, rowMajor, transposed } from './matrix.ts';
import { multiply } from './multiply.ts';

/** Numbers whose sums round, so that another order of summation would show. */
function noise(length: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

function at(matrix: Matrix, i: number, j: number): number {
  return matrix.data[matrix.offset + i * matrix.rowStride + j * matrix.columnStride] ?? Number.NaN;
}

/** The definition: every sum in the order k = 0, 1, 2, ... */
function definition(m: number, n: number, k: number, a: Matrix, b: Matrix): Float64Array {
  return Float64Array.from({ length: m * n }, (_, x) => {
    let sum = 0;
    for (let p = 0; p < k; p += 1) sum += at(a, Math.floor(x / n), p) * at(b, p, x % n);
    return sum;
  });
}

function product(m: number, n: number, k: number, a: Matrix, b: Matrix): Float64Array {
  const data = new Float64Array(m * n);
  multiply(m, n, k, a, b, { data, offset: 0, rowStride: n }, () => undefined);
  return data;
}

test('a product is the same, bit for bit, however it is cut into blocks and tiles', () => {
  const size = fc.integer({ min: 0, max: 19 });
  fc.assert(
    fc.property(size, size, size, fc.boolean(), fc.boolean(), fc.integer(), (m, n, k, ta, tb, seed) => {
      const x = noise(m * k, seed);
      const y = noise(k * n, seed + 1);
      const a = ta ? transposed(rowMajor(x, m)) : rowMajor(x, k);
      const b = tb ? transposed(rowMajor(y, k)) : rowMajor(y, n);
      expect(product(m, n, k, a, b)).toEqual(definition(m, n, k, a, b));
    }),
  );
});

test.each([
  [130, 5, 1030],
  [3, 259, 513],
  [1, 300, 700],
  [133, 261, 2],
])('sizes beyond one block: %i x %i x %i', (m, n, k) => {
  const a = rowMajor(noise(m * k, 1), k);
  const b = rowMajor(noise(k * n, 2), n);
  expect(product(m, n, k, a, b)).toEqual(definition(m, n, k, a, b));
});

test('a product is rounded once, together with its factor and what is added to it', () => {
  const data = new Float32Array(1);
  const a = rowMajor([1, 1], 2);
  const b = rowMajor([1, 2 ** -24], 1);
  const addend = { ...rowMajor([2 ** -24], 1), factor: 2 };
  // 1 + 2^-24 alone rounds to 1, and 1 + 2^-23 is the next float32 number.
  multiply(1, 1, 2, a, b, { data, offset: 0, rowStride: 1, addend }, () => undefined);
  expect(data[0]).toBe(Math.fround(1 + 2 ** -24 + 2 ** -23));
});
