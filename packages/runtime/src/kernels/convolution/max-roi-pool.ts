import { maxRoiPool } from '@refold/ir';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';

/** Where cell `cell` of `cells` begins and ends along an axis of `size`, for a region `start .. end`. */
function cellRange(
  start: number,
  end: number,
  cell: number,
  cells: number,
  size: number,
): readonly [number, number] {
  // Cells of a region that does not divide evenly overlap: the begin is rounded down, the end up.
  const extent = Math.max(end - start + 1, 1);
  const clamp = (x: number): number => Math.min(Math.max(x + start, 0), size);
  return [clamp(Math.floor((cell * extent) / cells)), clamp(Math.ceil(((cell + 1) * extent) / cells))];
}

/** Nearest integer, halves away from zero. */
function nearest(x: number): number {
  return Math.sign(x) * Math.round(Math.abs(x));
}

/** Largest element of a rectangle of a channel; 0 for an empty one. */
function rectangleMaximum(
  data: Reals,
  channel: number,
  width: number,
  rows: readonly [number, number],
  columns: readonly [number, number],
): number {
  if (rows[0] >= rows[1] || columns[0] >= columns[1]) return 0;
  let max = Number.NEGATIVE_INFINITY;
  for (let y = rows[0]; y < rows[1]; y += 1) {
    for (let x = columns[0]; x < columns[1]; x += 1) {
      const value = data[channel + y * width + x] as number;
      if (value > max || Number.isNaN(value)) max = value;
    }
  }
  return max;
}

export const maxRoiPoolKernel: Kernel = {
  name: 'MaxRoiPool',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const rois = reals(realOperand(inputs, ctx, 1));
    const view = maxRoiPool.view(ctx.op);
    const dims = resultDims(ctx, maxRoiPool, view);
    const result = realResult(ctx, x.dtype, dims);
    const data = reals(x);
    const [batch = 0, channels = 0, height = 0, width = 0] = x.dims;
    const [regions = 0, , outHeight = 0, outWidth = 0] = dims;
    for (let r = 0, at = 0; r < regions; r += 1) {
      const n = rois[r * 5] as number;
      if (!(Number.isInteger(n) && n >= 0 && n < batch)) throw ctx.op.invalid(`region ${r} is of image ${n}`);
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = Array.from({ length: 4 }, (_, i) =>
        nearest((rois[r * 5 + 1 + i] as number) * view.spatialScale),
      );
      for (let c = 0; c < channels; c += 1) {
        const channel = (n * channels + c) * height * width;
        for (let i = 0; i < outHeight; i += 1) {
          const rows = cellRange(y1, y2, i, outHeight, height);
          for (let j = 0; j < outWidth; j += 1, at += 1) {
            const columns = cellRange(x1, x2, j, outWidth, width);
            result.values[at] = rectangleMaximum(data, channel, width, rows, columns);
          }
        }
        ctx.tick();
      }
    }
    return [result.done()];
  },
};
