import { elementCount, type ScaleLayout } from '@refold/ir';

/**
 * A stretch of elements whose scales lie `step` apart (0: one for all), from index `scale` on. Called once a
 * stretch, so that the loop over its elements is a plain one.
 */
export type ScaleRow = (at: number, length: number, scale: number, step: 0 | 1) => void;

/** Cuts an array of the given dims into stretches of elements by the way its scales are spread. */
export function forEachScaleRow(dims: readonly number[], layout: ScaleLayout, row: ScaleRow): void {
  const { granularity, axis = 0, blockSize } = layout;
  if (granularity !== 'axis' && granularity !== 'block') {
    row(0, elementCount(dims), 0, 0);
    return;
  }
  const outer = elementCount(dims.slice(0, axis));
  const size = dims[axis] ?? 1;
  const inner = elementCount(dims.slice(axis + 1));
  if (granularity === 'axis') axisRows(outer, size, inner, row);
  else if (inner === 1) blockRuns(outer, size, blockSize, row);
  else blockRows(outer, size, inner, blockSize, row);
}

function axisRows(outer: number, size: number, inner: number, row: ScaleRow): void {
  for (let o = 0; o < outer; o += 1) {
    if (inner === 1) row(o * size, size, 0, 1);
    else for (let c = 0; c < size; c += 1) row((o * size + c) * inner, inner, c, 0);
  }
}

/** Blocks along the innermost axis: each is one stretch with one scale. */
function blockRuns(outer: number, size: number, blockSize: number, row: ScaleRow): void {
  const blocks = Math.ceil(size / blockSize);
  for (let o = 0; o < outer; o += 1) {
    for (let b = 0; b < blocks; b += 1) {
      const from = b * blockSize;
      row(o * size + from, Math.min(blockSize, size - from), o * blocks + b, 0);
    }
  }
}

/** Blocks along an outer axis: each row of inner elements has a row of scales, shared by the whole block. */
function blockRows(outer: number, size: number, inner: number, blockSize: number, row: ScaleRow): void {
  const blocks = Math.ceil(size / blockSize);
  for (let o = 0; o < outer; o += 1) {
    for (let c = 0; c < size; c += 1) {
      row((o * size + c) * inner, inner, (o * blocks + Math.floor(c / blockSize)) * inner, 1);
    }
  }
}
