import { stft } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { fourier } from './fft.ts';

/** Fourier transforms of windowed frames of signals [batch, length, parts]: [batch, frames, bins, 2]. */
export const stftKernel: Kernel = {
  name: 'STFT',
  run(inputs, ctx) {
    const signal = realOperand(inputs, ctx, 0);
    const view = stft.view(ctx.op);
    const dims = resultDims(ctx, stft, view);
    const [batch = 0, frames = 0, bins = 0] = dims;
    const [, samples = 0, parts = 1] = signal.dims;
    const length = view.frameLength ?? 0;
    const step = view.step ?? 1;
    if (length > samples) throw ctx.op.invalid(`a frame of ${length} in a signal of ${samples} samples`);
    const window = inputs[2] === undefined ? undefined : reals(realOperand(inputs, ctx, 2));
    if (window !== undefined && window.length !== length) {
      throw ctx.op.invalid(`a window of ${window.length} for frames of ${length} samples`);
    }
    const out = realResult(ctx, signal.dtype, dims);
    const data = reals(signal);
    const re = doubles(ctx, [length]);
    const im = doubles(ctx, [length]);
    const transform = fourier(length, (n) => doubles(ctx, [n]));
    for (let b = 0, at = 0; b < batch; b += 1) {
      for (let frame = 0; frame < frames; frame += 1) {
        ctx.tick();
        for (let n = 0; n < length; n += 1) {
          const from = (b * samples + frame * step + n) * parts;
          const w = window ? (window[n] as number) : 1;
          re[n] = (data[from] as number) * w;
          im[n] = parts === 2 ? (data[from + 1] as number) * w : 0;
        }
        transform.transform(re, im, false);
        for (let k = 0; k < bins; k += 1, at += 2) {
          out.values[at] = re[k] as number;
          out.values[at + 1] = im[k] as number;
        }
      }
    }
    return [out.done()];
  },
};
