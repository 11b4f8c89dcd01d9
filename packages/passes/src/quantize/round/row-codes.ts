import type { Format } from '../theta/format.ts';
import { codesOf } from '../theta/format.ts';

/** The weights of one output channel, and the codes that they may have. */
export interface RowCodes {
  readonly weights: Float64Array;
  readonly scales: Float64Array;
  readonly zeroPoints: Float64Array;
  /** The codes as they are now. */
  readonly codes: Float64Array;
  /** Not 0 where the code is to stay. */
  readonly fixed: Float64Array;
  readonly low: number;
  readonly high: number;
}

export function newRow(size: number, format: Format): RowCodes {
  const [low, high] = codesOf(format);
  const numbers = (): Float64Array => new Float64Array(size);
  return {
    weights: numbers(),
    scales: numbers(),
    zeroPoints: numbers(),
    codes: numbers(),
    fixed: numbers(),
    low,
    high,
  };
}

/** The number that code `k` stands for, as `DequantizeLinear` gives it. */
export function numberAt({ codes, scales, zeroPoints }: RowCodes, k: number): number {
  return Math.fround(((codes[k] as number) - (zeroPoints[k] as number)) * (scales[k] as number));
}

/** Weights less what their codes stand for. */
export function errorsOf(row: RowCodes): Float64Array {
  return Float64Array.from(row.weights, (w, k) => w - numberAt(row, k));
}

/** e' H e: the mean of the squared error of the output, over all rows of data. */
export function lossOfErrors(errors: Float64Array, moments: Float64Array): number {
  const size = errors.length;
  let loss = 0;
  for (let i = 0; i < size; i += 1) {
    const e = errors[i] as number;
    if (e === 0) continue;
    let sum = 0;
    for (let j = 0, at = i * size; j < size; j += 1, at += 1)
      sum += (moments[at] as number) * (errors[j] as number);
    loss += e * sum;
  }
  return Math.max(0, loss);
}
