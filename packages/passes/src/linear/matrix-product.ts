import { type Tensor, tensorFloats } from '@refold/ir';
import { finished } from './weights.ts';

/** Multiplications that merging may cost while the graph is optimized. */
export const MAX_WORK: number = 2 ** 28;

/** A constant matrix in double, rows first. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
}

/** A tensor of rank 2 as a matrix, transposed where asked for. */
export function matrixOf(tensor: Tensor, transposed = false): Matrix {
  const [rows = 0, columns = 0] = tensor.dims;
  const values = tensorFloats(tensor);
  if (!transposed) return { rows, columns, values };
  const out = new Float64Array(values.length);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) out[c * rows + r] = values[r * columns + c] as number;
  }
  return { rows: columns, columns: rows, values: out };
}

/** The product of two matrices. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  const { rows, columns: inner } = a;
  const { columns } = b;
  const values = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i += 1) {
    for (let k = 0; k < inner; k += 1) {
      const v = a.values[i * inner + k] as number;
      const at = k * columns;
      for (let j = 0; j < columns; j += 1)
        values[i * columns + j] = (values[i * columns + j] as number) + v * (b.values[at + j] as number);
    }
  }
  return { rows, columns, values };
}

/** A matrix times a factor, rounded once; undefined when it is not finite then. */
export function roundedMatrix(
  { rows, columns, values }: Matrix,
  dtype: Tensor['dtype'],
  factor = 1,
): Tensor | undefined {
  return finished(
    dtype,
    [rows, columns],
    Float64Array.from(values, (v) => v * factor),
  );
}

/** Whether A B is worth having in place of A (m, k) and B (k, n): no more bytes, no more multiplications. */
export function productPays(m: number, k: number, n: number): boolean {
  return m * n <= m * k + k * n && m * k * n <= MAX_WORK;
}
