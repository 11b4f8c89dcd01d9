import { type Tensor, tensorFloats, tensorOf } from '@refold/ir';
import { roundWeights } from '../round/round-weights.ts';
import { type Cells, cellCodes, cellThetas } from '../theta/cells.ts';
import type { Format } from '../theta/format.ts';
import type { Candidate } from './candidates.ts';
import type { WeightOnlyOptions } from './options.ts';

/** A weight as codes, and what reads them. */
export interface Coded {
  /** Codes, one an element, in the dims of `Candidate`. */
  readonly codes: ArrayLike<number>;
  /** Dims of scales and zero points: those of the codes, with blocks for elements along the axis. */
  readonly scaleDims: readonly number[];
  readonly scales: ArrayLike<number>;
  /** Absent when all are those of a symmetric type. */
  readonly zeroPoints: ArrayLike<number> | undefined;
}

export function encode(candidate: Candidate, options: WeightOnlyOptions): Coded {
  const { tensor, type, dims, axis, layer } = candidate;
  const { block = 32, grams, rounding = 'feedback' } = options;
  const symmetric = !type.startsWith('u');
  const format: Format = { dtype: type, symmetric, powerOfTwo: false, narrow: false };
  const cells: Cells = { kind: 'block', axis, size: block };
  const weights = tensorFloats(tensor);
  // Nothing is clipped: on trained models that costs the outputs more than wide steps do, though weights less.
  const thetas = cellThetas(weights, dims, cells, format);
  const moments = layer && grams?.(layer);
  const codes = moments
    ? roundWeights({ ...layer, tensor: tensorOf('float32', dims, weights) }, cells, thetas, moments, {
        method: rounding,
      }).codes
    : cellCodes(weights, dims, cells, thetas);
  const zeroPoints = symmetric ? undefined : thetas.zeroPoints;
  return { codes, scaleDims: thetas.dims, scales: thetas.scales, zeroPoints };
}

/** A tensor of numbers that lie as rows, or that matrix transposed. */
export function matrixOf(
  dtype: Tensor['dtype'],
  dims: readonly number[],
  values: ArrayLike<number>,
  transposed: boolean,
): Tensor {
  if (!transposed) return tensorOf(dtype, dims, values);
  const [rows = 1, columns = 1] = dims;
  return tensorOf(dtype, [columns, rows], turned(values, rows, columns));
}

/** The elements of a matrix, column by column. */
export function turned(values: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const elements = new Float64Array(values.length);
  for (let r = 0, i = 0; r < rows; r += 1)
    for (let c = 0; c < columns; c += 1, i += 1) elements[c * rows + r] = values[i] as number;
  return elements;
}
