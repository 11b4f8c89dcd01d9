import { type Cells, type CellThetas, cellCodes, cellRanges, forEachRun } from './cells.ts';
import type { Format } from './format.ts';
import { middleOf } from './format.ts';
import { thetaOf } from './theta.ts';

/** Shares of the range of a cell that are tried: with few codes, clipping its ends may cost less than wide steps. */
const SHARES: readonly number[] = [1, 0.97, 0.94, 0.91, 0.875, 0.84, 0.81, 0.78, 0.74, 0.7];

/** Scales and zero points of a constant tensor, each cell with those of the least squared error among some. */
export function leastSquaresThetas(
  values: Float64Array,
  dims: readonly number[],
  cells: Cells,
  format: Format,
): CellThetas {
  const { dims: scaleDims, ranges } = cellRanges(values, dims, cells);
  const [best, ...others] = SHARES.map((share): CellThetas => {
    const thetas = ranges.map(({ min, max }) => thetaOf({ min: min * share, max: max * share }, format));
    return {
      format,
      dims: scaleDims,
      scales: Float64Array.from(thetas, (t) => t.scale),
      zeroPoints: Float64Array.from(thetas, (t) => t.zeroPoint),
    };
  });
  if (!best) throw new RangeError('no share of the range to try');
  const least = squaredErrors(values, dims, cells, best);
  for (const thetas of others) {
    const errors = squaredErrors(values, dims, cells, thetas);
    for (let cell = 0; cell < errors.length; cell += 1) {
      if ((errors[cell] as number) >= (least[cell] as number)) continue;
      least[cell] = errors[cell] as number;
      best.scales[cell] = thetas.scales[cell] as number;
      best.zeroPoints[cell] = thetas.zeroPoints[cell] as number;
    }
  }
  return best;
}

function squaredErrors(
  values: Float64Array,
  dims: readonly number[],
  cells: Cells,
  thetas: CellThetas,
): Float64Array {
  const { format, scales, zeroPoints } = thetas;
  const codes = cellCodes(values, dims, cells, thetas);
  const errors = new Float64Array(scales.length);
  forEachRun(dims, cells, (cell, from, to) => {
    const scale = scales[cell] as number;
    const zeroPoint = zeroPoints[cell] ?? middleOf(format.dtype);
    let sum = errors[cell] as number;
    for (let i = from; i < to; i += 1)
      sum += ((values[i] as number) - ((codes[i] as number) - zeroPoint) * scale) ** 2;
    errors[cell] = sum;
  });
  return errors;
}
