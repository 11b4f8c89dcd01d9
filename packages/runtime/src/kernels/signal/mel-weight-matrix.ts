import { melWeightMatrix } from '@refold/ir';
import type { NdValue } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';

/** Triangular filters, evenly spaced on the mel scale: [bins of a one-sided spectrum, mel bins]. */
export const melWeightMatrixKernel: Kernel = {
  name: 'MelWeightMatrix',
  run(inputs, ctx) {
    const view = melWeightMatrix.view(ctx.op);
    const dims = resultDims(ctx, melWeightMatrix, view);
    const [bins = 0, mels = 0] = dims;
    const out = realResult(ctx, view.dtype, dims);
    const places = edges(ctx, inputs, mels, bins);
    for (let m = 0; m < mels; m += 1) {
      ctx.tick();
      const left = places[m] as number;
      const center = places[m + 1] as number;
      const right = places[m + 2] as number;
      if (left === center) out.values[center * mels + m] = 1;
      for (let j = left; j <= center && center > left; j += 1)
        out.values[j * mels + m] = (j - left) / (center - left);
      for (let j = center; j < right; j += 1) out.values[j * mels + m] = (right - j) / (right - center);
    }
    return [out.done()];
  },
};

/** Spectrum bins at which the triangles begin, peak and end. */
function edges(
  ctx: KernelContext,
  inputs: readonly (NdValue | undefined)[],
  mels: number,
  bins: number,
): Float64Array {
  const [, length = 0, rate = 0, low = 0, high = 0] = inputs.map((_, i) => scalar(ctx, inputs, i));
  if (!(rate > 0)) throw ctx.op.invalid(`sample_rate ${rate} is not positive`);
  const lowest = mel(low);
  // The reference divides the range by the number of edges, not by the distances between them.
  const step = (mel(high) - lowest) / (mels + 2);
  const places = doubles(ctx, [mels + 2]);
  for (let i = 0; i < places.length; i += 1) {
    const place = Math.floor(((length + 1) * hertz(lowest + i * step)) / rate);
    if (!(place >= 0 && place < bins)) throw ctx.op.invalid(`a filter edge at bin ${place} of ${bins}`);
    places[i] = place;
  }
  return places;
}

function scalar(ctx: KernelContext, inputs: readonly (NdValue | undefined)[], index: number): number {
  const tensor = realOperand(inputs, ctx, index);
  if (tensor.size !== 1) throw ctx.op.invalid(`operand ${index} must have one element`);
  return reals(tensor)[0] ?? 0;
}

function mel(frequency: number): number {
  return (2595 * Math.log1p(frequency / 700)) / Math.LN10;
}

function hertz(value: number): number {
  return 700 * Math.expm1((value / 2595) * Math.LN10);
}
