import { dft } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { fourier } from './fft.ts';

/** Fourier transforms along an axis of [..., parts], where parts is 1 (real) or 2 (real, imaginary). */
export const dftKernel: Kernel = {
  name: 'DFT',
  run(inputs, ctx) {
    const input = realOperand(inputs, ctx, 0);
    const view = dft.view(ctx.op);
    const dims = resultDims(ctx, dft, view);
    const axis = view.axis ?? 0;
    const out = realResult(ctx, input.dtype, dims);
    if (out.values.length === 0) return [out.done()];
    const given = input.dims[axis] ?? 0;
    const bins = dims[axis] ?? 0;
    const length = transformLength(ctx, view.length, view.inverse && view.onesided, given);
    const data = reals(input);
    const parts = input.dims.at(-1) ?? 1;
    const outParts = dims.at(-1) ?? 1;
    const inner = productOf(input.dims.slice(axis + 1, -1));
    const outer = productOf(input.dims.slice(0, axis));
    const re = doubles(ctx, [length]);
    const im = doubles(ctx, [length]);
    // Half a spectrum is completed by symmetry, so only its own bins are read.
    const read = Math.min(given, view.inverse && view.onesided ? Math.floor(length / 2) + 1 : length);
    const transform = fourier(length, (n) => doubles(ctx, [n]));
    const factor = view.inverse ? 1 / length : 1;
    for (let o = 0; o < outer; o += 1) {
      for (let i = 0; i < inner; i += 1) {
        ctx.tick();
        re.fill(0);
        im.fill(0);
        for (let n = 0; n < read; n += 1) {
          const at = ((o * given + n) * inner + i) * parts;
          re[n] = data[at] as number;
          if (parts === 2) im[n] = data[at + 1] as number;
        }
        if (view.inverse && view.onesided) mirror(re, im);
        transform.transform(re, im, view.inverse);
        for (let k = 0; k < bins; k += 1) {
          const at = ((o * bins + k) * inner + i) * outParts;
          out.values[at] = (re[k] as number) * factor;
          if (outParts === 2) out.values[at + 1] = (im[k] as number) * factor;
        }
      }
    }
    return [out.done()];
  },
};

function transformLength(ctx: KernelContext, given: number | undefined, half: boolean, size: number): number {
  const length = given ?? (half ? 2 * (size - 1) : size);
  if (!(length > 0)) throw ctx.op.invalid(`a transform of ${length} elements`);
  return length;
}

/** Completes the spectrum of a real signal from its first half. */
function mirror(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let k = 1; k < n - k; k += 1) {
    re[n - k] = re[k] as number;
    im[n - k] = -(im[k] as number);
  }
}

function productOf(dims: readonly number[]): number {
  let product = 1;
  for (const d of dims) product *= d;
  return product;
}
