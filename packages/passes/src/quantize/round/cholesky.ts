/**
 * The lower triangular L with L L' = A, for a symmetric positive definite A of `size` rows; undefined when it is not.
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array | undefined {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * size + j] as number;
      for (let k = 0, a = i * size, b = j * size; k < j; k += 1, a += 1, b += 1)
        sum -= (lower[a] as number) * (lower[b] as number);
      if (i !== j) lower[i * size + j] = sum / (lower[j * size + j] as number);
      else if (sum > 0) lower[i * size + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return lower;
}

/**
 * The upper triangular U with U' U = A^-1, which sequential error feedback needs. With the rows and columns of A in
 * reverse order, A = L L', and U is the inverse of L in that order again.
 */
export function inverseFactor(matrix: Float64Array, size: number): Float64Array | undefined {
  const lower = cholesky(reversed(matrix), size);
  return lower && reversed(inverseOfLower(lower, size));
}

/** Rows and columns from the last to the first: the elements from the last to the first. */
function reversed(matrix: Float64Array): Float64Array {
  return matrix.slice().reverse();
}

function inverseOfLower(lower: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    const pivot = lower[i * size + i] as number;
    const row = i * size;
    for (let k = 0; k < i; k += 1) {
      const factor = lower[row + k] as number;
      if (factor === 0) continue;
      for (let j = 0, at = k * size; j <= k; j += 1, at += 1)
        inverse[row + j] = (inverse[row + j] as number) - factor * (inverse[at] as number);
    }
    for (let j = 0; j < i; j += 1) inverse[row + j] = (inverse[row + j] as number) / pivot;
    inverse[row + i] = 1 / pivot;
  }
  return inverse;
}
