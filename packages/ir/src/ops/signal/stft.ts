import { type Dim, freshDim } from '../../types/dim.ts';
import { addDims, floorDivDims, subDims } from '../../types/dim-arithmetic.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { resultType, sizeOperand } from '../sizes.ts';
import { onesidedBins } from './dft.ts';

/** Parameters of `STFT`. */
export type StftView = {
  /** Whether only the bins that tell the spectrum of a real signal are given. */
  readonly onesided: boolean;
  /** Distance of frames, when it is constant. */
  readonly step: number | undefined;
  /** Length of a frame, when it is known: given, or that of the window, or that of the signal. */
  readonly frameLength: number | undefined;
};

/** `STFT`: Fourier transforms of windowed frames of signals [batch, length, parts]: [batch, frames, bins, 2]. */
export const stft: Operator<StftView> = operator({
  name: 'STFT',

  view(ctx) {
    const step = ctx.ints(1)?.[0];
    if (step !== undefined && step <= 0) throw ctx.invalid(`frame_step ${step} is not positive`);
    const length = frameDim(ctx);
    if (typeof length === 'number' && length <= 0) throw ctx.invalid(`a frame of ${length} samples`);
    return {
      onesided: (ctx.int('onesided') ?? 1) !== 0,
      step,
      frameLength: typeof length === 'number' ? length : undefined,
    };
  },

  infer(ctx, view) {
    const signal = ctx.shape(0);
    // PyTorch exports real signals without the axis of parts, and ONNX Runtime takes them.
    if (signal && signal.length !== 2 && signal.length !== 3) {
      throw ctx.invalid(`the signal has rank ${signal.length} instead of 3`);
    }
    if (view.onesided && signal?.[2] === 2)
      throw ctx.invalid('the spectrum of a complex signal has two sides');
    const frame = frameDim(ctx);
    const step = view.step ?? sizeOperand(ctx, 1);
    const bins = frame === undefined ? freshDim() : view.onesided ? onesidedBins(frame) : frame;
    return [
      resultType(ctx.dtype(0), [signal?.[0] ?? freshDim(), frameCount(signal?.[1], frame, step), bins, 2]),
    ];
  },
});

function frameDim(ctx: OpContext): Dim | undefined {
  const window = ctx.hasInput(2) ? ctx.shape(2) : undefined;
  const given = ctx.hasInput(3) ? sizeOperand(ctx, 3) : undefined;
  if (given !== undefined && window?.[0] !== undefined && sameDim(given, window[0]) === 'no') {
    throw ctx.invalid('the window is not as long as a frame');
  }
  if (given !== undefined) return given;
  if (ctx.hasInput(2)) return window?.[0];
  return ctx.hasInput(3) ? undefined : ctx.shape(0)?.[1];
}

function frameCount(length: Dim | undefined, frame: Dim | undefined, step: Dim | undefined): Dim {
  if (length === undefined || frame === undefined || step === undefined) return freshDim();
  const count = addDims(floorDivDims(subDims(length, frame), step), 1);
  return typeof count === 'number' && count < 0 ? 0 : count;
}
