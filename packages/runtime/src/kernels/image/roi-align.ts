import { type RoiAlignView, roiAlign } from '@refold/ir';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';

/** Pools regions of images to one size by bilinear samples; nothing is rounded to pixels on the way. */
export const roiAlignKernel: Kernel = {
  name: 'RoiAlign',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const rois = realOperand(inputs, ctx, 1);
    const batchIndices = realOperand(inputs, ctx, 2);
    const view = roiAlign.view(ctx.op);
    const dims = resultDims(ctx, roiAlign, view);
    const [count = 0, channels = 0] = dims;
    if (rois.dims[1] !== 4 || batchIndices.size !== count) {
      throw ctx.op.invalid(`regions [${rois.dims.join(', ')}] with ${batchIndices.size} batch indices`);
    }
    const [batches = 0, , height = 0, width = 0] = x.dims;
    const out = realResult(ctx, x.dtype, dims);
    const data = reals(x);
    const corners = reals(rois);
    const indices = reals(batchIndices);
    const plane = height * width;
    const bins = view.outputHeight * view.outputWidth;
    for (let n = 0; n < count; n += 1) {
      const batch = indices[n] as number;
      if (!(batch >= 0 && batch < batches)) throw ctx.op.invalid(`batch index ${batch} is out of range`);
      const samples = samplesOf(ctx, view, corners, n * 4, height, width);
      for (let c = 0; c < channels; c += 1) {
        ctx.tick();
        const from = (batch * channels + c) * plane;
        const at = (n * channels + c) * bins;
        for (let bin = 0; bin < bins; bin += 1) out.values[at + bin] = pooled(view, data, from, samples, bin);
      }
    }
    return [out.done()];
  },
};

/** Where the bins of a region lie, in pixels, and how many samples each has along both axes. */
export interface Region {
  readonly startX: number;
  readonly startY: number;
  readonly binX: number;
  readonly binY: number;
  readonly gridX: number;
  readonly gridY: number;
}

/** The region whose corners x1, y1, x2, y2 stand at `at`. There may be infinitely many samples, or NaN. */
export function regionAt(view: RoiAlignView, corners: Reals, at: number): Region {
  const offset = view.halfPixel ? 0.5 : 0;
  const edge = (k: number): number => (corners[at + k] as number) * view.spatialScale - offset;
  const startX = edge(0);
  const startY = edge(1);
  // Without the shift by half a pixel, regions are at least one pixel large.
  const least = view.halfPixel ? Number.NEGATIVE_INFINITY : 1;
  const binX = Math.max(edge(2) - startX, least) / view.outputWidth;
  const binY = Math.max(edge(3) - startY, least) / view.outputHeight;
  const gridX = view.samplingRatio > 0 ? view.samplingRatio : Math.max(0, Math.ceil(binX));
  const gridY = view.samplingRatio > 0 ? view.samplingRatio : Math.max(0, Math.ceil(binY));
  return { startX, startY, binX, binY, gridX, gridY };
}

/** Samples of one region: for each bin `perBin` samples, for each sample four pixels and their weights. */
interface Samples {
  readonly perBin: number;
  readonly pixels: Float64Array;
  readonly weights: Float64Array;
}

function samplesOf(
  ctx: KernelContext,
  view: RoiAlignView,
  corners: Reals,
  at: number,
  height: number,
  width: number,
): Samples {
  const { startX, startY, binX, binY, gridX, gridY } = regionAt(view, corners, at);
  const perBin = gridX * gridY;
  const total = view.outputHeight * view.outputWidth * perBin;
  if (!Number.isFinite(total)) throw ctx.op.invalid('a region that is not finite');
  const pixels = doubles(ctx, [total, 4]);
  const weights = doubles(ctx, [total, 4]);
  let k = 0;
  for (let by = 0; by < view.outputHeight; by += 1) {
    for (let bx = 0; bx < view.outputWidth; bx += 1) {
      for (let iy = 0; iy < gridY; iy += 1) {
        const y = startY + by * binY + ((iy + 0.5) * binY) / gridY;
        for (let ix = 0; ix < gridX; ix += 1, k += 4) {
          const x = startX + bx * binX + ((ix + 0.5) * binX) / gridX;
          bilinear(pixels, weights, k, y, x, height, width);
        }
      }
    }
  }
  return { perBin, pixels, weights };
}

/** Samples further than a pixel outside the image count as 0. */
function bilinear(
  pixels: Float64Array,
  weights: Float64Array,
  k: number,
  y: number,
  x: number,
  height: number,
  width: number,
): void {
  if (!(y >= -1 && y <= height && x >= -1 && x <= width)) return;
  const top = Math.min(Math.floor(Math.max(y, 0)), height - 1);
  const left = Math.min(Math.floor(Math.max(x, 0)), width - 1);
  const bottom = Math.min(top + 1, height - 1);
  const right = Math.min(left + 1, width - 1);
  const dy = bottom === top ? 0 : Math.max(y, 0) - top;
  const dx = right === left ? 0 : Math.max(x, 0) - left;
  pixels[k] = top * width + left;
  pixels[k + 1] = top * width + right;
  pixels[k + 2] = bottom * width + left;
  pixels[k + 3] = bottom * width + right;
  weights[k] = (1 - dy) * (1 - dx);
  weights[k + 1] = (1 - dy) * dx;
  weights[k + 2] = dy * (1 - dx);
  weights[k + 3] = dy * dx;
}

function pooled(view: RoiAlignView, data: Reals, from: number, samples: Samples, bin: number): number {
  const { perBin, pixels, weights } = samples;
  const first = bin * perBin * 4;
  const end = first + perBin * 4;
  if (first === end) return 0;
  if (view.mode === 'avg') {
    let sum = 0;
    for (let k = first; k < end; k += 1)
      sum += (weights[k] as number) * (data[from + (pixels[k] as number)] as number);
    return sum / perBin;
  }
  // The specification takes the largest weighted pixel, not the largest sample.
  let best = Number.NEGATIVE_INFINITY;
  for (let k = first; k < end; k += 1) {
    best = Math.max(best, (weights[k] as number) * (data[from + (pixels[k] as number)] as number));
  }
  return best;
}
