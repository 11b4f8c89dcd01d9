import { affineGrid } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';

/** The places [N, sizes..., axes] to which affine transformations [N, axes, axes + 1] take the pixels of an image. */
export const affineGridKernel: Kernel = {
  name: 'AffineGrid',
  run(inputs, ctx) {
    const theta = realOperand(inputs, ctx, 0);
    const view = affineGrid.view(ctx.op);
    const dims = resultDims(ctx, affineGrid, view);
    const [batches = 0] = dims;
    const sizes = dims.slice(1, -1);
    const axes = sizes.length;
    const columns = axes + 1;
    if (
      theta.rank !== 3 ||
      theta.dims[0] !== batches ||
      theta.dims[1] !== axes ||
      theta.dims[2] !== columns
    ) {
      throw ctx.op.invalid(
        `transformations [${theta.dims.join(', ')}] for ${batches} images of ${axes} axes`,
      );
    }
    const out = realResult(ctx, theta.dtype, dims);
    const matrix = reals(theta);
    const places = out.values.length / Math.max(1, batches * axes);
    // Coordinates of a pixel from the last axis to the first, then 1.
    const point = new Float64Array(columns).fill(1);
    const index = new Int32Array(axes);
    for (let n = 0, at = 0; n < batches; n += 1) {
      index.fill(0);
      for (let p = 0; p < places; p += 1) {
        ctx.tick();
        for (let i = 0; i < axes; i += 1) {
          point[axes - 1 - i] = coordinate(index[i] as number, sizes[i] ?? 1, view.alignCorners);
        }
        for (let row = 0; row < axes; row += 1, at += 1) {
          let sum = 0;
          const from = (n * axes + row) * columns;
          for (let k = 0; k < columns; k += 1) sum += (matrix[from + k] as number) * (point[k] as number);
          out.values[at] = sum;
        }
        advance(index, sizes);
      }
    }
    return [out.done()];
  },
};

/** Place of pixel `i` of `size` in [-1, 1]. */
function coordinate(i: number, size: number, alignCorners: boolean): number {
  if (!alignCorners) return -1 + (2 * i + 1) / size;
  return size === 1 ? -1 : -1 + (2 * i) / (size - 1);
}

function advance(index: Int32Array, sizes: readonly number[]): void {
  for (let axis = index.length - 1; axis >= 0; axis -= 1) {
    const next = (index[axis] as number) + 1;
    index[axis] = next === sizes[axis] ? 0 : next;
    if (next !== sizes[axis]) return;
  }
}
