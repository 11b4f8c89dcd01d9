import { det } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';

/** Determinant of an n by n matrix by elimination with row pivots. Overwrites the matrix. */
function determinant(matrix: Float64Array, n: number): number {
  let product = 1;
  for (let column = 0; column < n; column += 1) {
    const pivot = pivotRow(matrix, n, column);
    const value = matrix[pivot * n + column] as number;
    if (value === 0) return 0;
    if (pivot !== column) {
      swapRows(matrix, n, pivot, column);
      product = -product;
    }
    product *= value;
    for (let row = column + 1; row < n; row += 1) {
      const factor = (matrix[row * n + column] as number) / value;
      for (let j = column + 1; j < n; j += 1) {
        matrix[row * n + j] = (matrix[row * n + j] as number) - factor * (matrix[column * n + j] as number);
      }
    }
  }
  return product;
}

/** The row at or below the diagonal with the largest element of a column; the first NaN counts as largest. */
function pivotRow(matrix: Float64Array, n: number, column: number): number {
  let best = column;
  for (let row = column; row < n; row += 1) {
    const x = Math.abs(matrix[row * n + column] as number);
    if (Number.isNaN(x)) return row;
    if (x > Math.abs(matrix[best * n + column] as number)) best = row;
  }
  return best;
}

function swapRows(matrix: Float64Array, n: number, a: number, b: number): void {
  for (let j = 0; j < n; j += 1) {
    const x = matrix[a * n + j] as number;
    matrix[a * n + j] = matrix[b * n + j] as number;
    matrix[b * n + j] = x;
  }
}

export const detKernel: Kernel = {
  name: 'Det',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const result = realResult(ctx, x.dtype, resultDims(ctx, det, det.view(ctx.op)));
    const n = result.values.length === 0 ? 0 : (x.dims.at(-1) ?? 0);
    const values = reals(x);
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < result.values.length; i += 1) {
      for (let j = 0; j < matrix.length; j += 1) matrix[j] = values[i * matrix.length + j] as number;
      result.values[i] = determinant(matrix, n);
      ctx.tick();
    }
    return [result.done()];
  },
};
