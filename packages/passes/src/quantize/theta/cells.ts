import { roundHalfEven } from '../../support/round-half-even.ts';
import type { Range } from '../statistics/range.ts';
import { type CodeArray, codesOf, type Format, middleOf, newCodes } from './format.ts';
import { type Theta, thetaOf } from './theta.ts';

/** Which elements of a tensor share a scale: all; all of one index of an axis; or blocks along an axis. */
export type Cells =
  | { readonly kind: 'tensor' }
  | { readonly kind: 'axis'; readonly axis: number }
  | { readonly kind: 'block'; readonly axis: number; readonly size: number };

/** Scale and zero point of each cell, in row-major order of the cells. */
export interface CellThetas {
  readonly format: Format;
  /** Dims of the scales as `QuantizeLinear` takes them: none, one axis, or all axes. */
  readonly dims: readonly number[];
  readonly scales: Float64Array;
  readonly zeroPoints: Float64Array;
}

/** Scales and zero points that clip nothing of a constant tensor; the last block of an axis may be short. */
export function cellThetas(
  values: ArrayLike<number>,
  dims: readonly number[],
  cells: Cells,
  format: Format,
): CellThetas {
  const ranges = cellRanges(values, dims, cells);
  const thetas = ranges.ranges.map((range) => thetaOf(range, format));
  return {
    format,
    dims: ranges.dims,
    scales: Float64Array.from(thetas, (t) => t.scale),
    zeroPoints: Float64Array.from(thetas, (t) => t.zeroPoint),
  };
}

/** The same scale and zero point for all cells. */
export function uniformThetas({ format, scale, zeroPoint }: Theta): CellThetas {
  return { format, dims: [], scales: Float64Array.of(scale), zeroPoints: Float64Array.of(zeroPoint) };
}

/** The codes of a constant tensor, one an element. */
export function cellCodes(
  values: ArrayLike<number>,
  dims: readonly number[],
  cells: Cells,
  thetas: CellThetas,
): CodeArray {
  const { format, scales, zeroPoints } = thetas;
  const codes = newCodes(format.dtype, values.length);
  const [low, high] = codesOf(format);
  forEachRun(dims, cells, (cell, from, to) => {
    const scale = scales[cell] ?? 1;
    const zeroPoint = zeroPoints[cell] ?? middleOf(format.dtype);
    // As `codeOf` has it.
    for (let i = from; i < to; i += 1) {
      const code = roundHalfEven(Math.fround(Math.fround(values[i] as number) / scale)) + zeroPoint;
      codes[i] = code >= low ? Math.min(code, high) : low;
    }
  });
  return codes;
}

/** The numbers that codes of a constant tensor stand for, less its elements. */
export function cellErrors(
  values: ArrayLike<number>,
  dims: readonly number[],
  cells: Cells,
  thetas: CellThetas,
  codes: ArrayLike<number>,
): Float64Array {
  const errors = new Float64Array(values.length);
  forEachRun(dims, cells, (cell, from, to) => {
    const scale = thetas.scales[cell] ?? 1;
    const zeroPoint = thetas.zeroPoints[cell] ?? middleOf(thetas.format.dtype);
    for (let i = from; i < to; i += 1) {
      const rounded = Math.fround(((codes[i] as number) - zeroPoint) * scale);
      errors[i] = rounded - (values[i] as number);
    }
  });
  return errors;
}

/** Scale and zero point of each element of a tensor. */
export function cellNumbers(
  dims: readonly number[],
  cells: Cells,
  thetas: CellThetas,
): { readonly scales: Float64Array; readonly zeroPoints: Float64Array } {
  const size = dims.reduce((a, d) => a * d, 1);
  const [scales, zeroPoints] = [new Float64Array(size), new Float64Array(size)];
  forEachRun(dims, cells, (cell, from, to) => {
    scales.fill(thetas.scales[cell] ?? 1, from, to);
    zeroPoints.fill(thetas.zeroPoints[cell] ?? middleOf(thetas.format.dtype), from, to);
  });
  return { scales, zeroPoints };
}

/** 1 for the least and the largest elements of each cell, from which its scale follows. */
export function cellExtremes(values: ArrayLike<number>, dims: readonly number[], cells: Cells): Uint8Array {
  const { ranges } = cellRanges(values, dims, cells);
  const found = new Uint8Array(values.length);
  forEachRun(dims, cells, (cell, from, to) => {
    const { min, max } = ranges[cell] ?? { min: 0, max: 0 };
    for (let i = from; i < to; i += 1) found[i] = values[i] === min || values[i] === max ? 1 : 0;
  });
  return found;
}

function cellRanges(
  values: ArrayLike<number>,
  dims: readonly number[],
  cells: Cells,
): { readonly dims: readonly number[]; readonly ranges: readonly Range[] } {
  const scaleDims = scaleDimsOf(dims, cells);
  const count = scaleDims.reduce((a, d) => a * d, 1);
  const min = new Float64Array(count);
  const max = new Float64Array(count);
  forEachRun(dims, cells, (cell, from, to) => {
    let low = min[cell] as number;
    let high = max[cell] as number;
    for (let i = from; i < to; i += 1) {
      const x = values[i] as number;
      if (x < low) low = x;
      if (x > high) high = x;
    }
    min[cell] = low;
    max[cell] = high;
  });
  return { dims: scaleDims, ranges: Array.from(min, (low, i) => ({ min: low, max: max[i] ?? 0 })) };
}

function scaleDimsOf(dims: readonly number[], cells: Cells): readonly number[] {
  if (cells.kind === 'tensor') return [];
  if (cells.kind === 'axis') return [dims[cells.axis] ?? 1];
  return dims.map((d, axis) => (axis === cells.axis ? Math.ceil(d / cells.size) : d));
}

/** Calls `visit` for runs of neighbouring elements of one cell, which together are all elements. */
function forEachRun(
  dims: readonly number[],
  cells: Cells,
  visit: (cell: number, from: number, to: number) => void,
): void {
  const total = dims.reduce((a, d) => a * d, 1);
  if (total === 0) return;
  if (cells.kind === 'tensor') {
    visit(0, 0, total);
    return;
  }
  const inner = dims.slice(cells.axis + 1).reduce((a, d) => a * d, 1);
  const along = dims[cells.axis] ?? 1;
  if (cells.kind === 'axis') {
    for (let run = 0, from = 0; from < total; run = (run + 1) % along, from += inner)
      visit(run, from, from + inner);
    return;
  }
  const blocks = Math.ceil(along / cells.size);
  const outer = total / (inner * along);
  for (let o = 0, from = 0; o < outer; o += 1) {
    for (let i = 0; i < along; i += 1) {
      const row = (o * blocks + Math.floor(i / cells.size)) * inner;
      for (let j = 0; j < inner; j += 1, from += 1) visit(row + j, from, from + 1);
    }
  }
}
