import { roundHalfEven } from '../../support/round-half-even.ts';
import { inverseFactor } from './cholesky.ts';
import type { Gram } from './gram.ts';
import { numberAt, type RowCodes } from './row-codes.ts';

/** How much of the mean diagonal is added to it, so that there is an inverse. */
const DAMPING = 0.01;

/** The factor that `feedBack` works with; undefined when the moments have none, as when nothing but zeros was seen. */
export function feedbackFactor({ moments, size }: Gram): Float64Array | undefined {
  const damped = moments.slice();
  let trace = 0;
  for (let k = 0; k < size; k += 1) trace += moments[k * size + k] as number;
  for (let k = 0; k < size; k += 1)
    damped[k * size + k] = (damped[k * size + k] as number) + (DAMPING * trace) / size;
  return inverseFactor(damped, size);
}

/**
 * Sequential error feedback: rounds weight after weight, and pushes the error of each into the weights that follow, as
 * their inputs correlate. Writes `row.codes`. K^2 / 2.
 */
export function feedBack(row: RowCodes, factor: Float64Array): void {
  const { weights, scales, zeroPoints, codes, fixed, low, high } = row;
  const size = weights.length;
  const moved = weights.slice();
  for (let k = 0; k < size; k += 1) {
    const w = moved[k] as number;
    const code = roundHalfEven(w / (scales[k] as number)) + (zeroPoints[k] as number);
    if (fixed[k] === 0) codes[k] = Math.min(high, Math.max(low, code));
    const error = (w - numberAt(row, k)) / (factor[k * size + k] as number);
    for (let j = k + 1, at = k * size + j; j < size; j += 1, at += 1)
      moved[j] = (moved[j] as number) - error * (factor[at] as number);
  }
}
