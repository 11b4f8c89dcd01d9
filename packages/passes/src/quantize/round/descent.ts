import { errorsOf, type RowCodes } from './row-codes.ts';

/**
 * Coordinate descent: moves one code at a time to where the error of the output is least, between the codes below and
 * above the weight, and as long as that falls; so it never rises. Writes `row.codes`. K^2 for each sweep.
 */
export function descend(row: RowCodes, moments: Float64Array, sweeps: number): void {
  const { weights, scales, zeroPoints, codes, fixed, low, high } = row;
  const size = weights.length;
  const gradient = times(moments, errorsOf(row));
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    let moved = 0;
    for (let k = 0; k < size; k += 1) {
      const scale = scales[k] as number;
      const curvature = moments[k * size + k] as number;
      if (curvature <= 0 || fixed[k] !== 0) continue;
      const exact = (weights[k] as number) / scale + (zeroPoints[k] as number);
      const code = codes[k] as number;
      // Codes that error feedback has moved further may stay there.
      const least = Math.max(low, Math.min(code, Math.floor(exact)));
      const most = Math.min(high, Math.max(code, Math.ceil(exact)));
      const wanted = Math.round(code + (gradient[k] as number) / (curvature * scale));
      const next = Math.min(most, Math.max(least, wanted));
      const step = (next - code) * scale;
      if (step === 0 || step * (step * curvature - 2 * (gradient[k] as number)) >= 0) continue;
      codes[k] = next;
      moved += 1;
      for (let j = 0, at = k * size; j < size; j += 1, at += 1)
        gradient[j] = (gradient[j] as number) - step * (moments[at] as number);
    }
    if (moved === 0) return;
  }
}

/** A symmetric matrix times a vector. */
function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  const result = new Float64Array(size);
  for (let i = 0; i < size; i += 1) {
    const x = vector[i] as number;
    if (x === 0) continue;
    for (let j = 0, at = i * size; j < size; j += 1, at += 1)
      result[j] = (result[j] as number) + x * (matrix[at] as number);
  }
  return result;
}
