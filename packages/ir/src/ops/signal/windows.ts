import { type Dim, freshDim } from '../../types/dim.ts';
import { type DType, dtypeFromCode } from '../../types/dtype.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { resultType, sizeOperand } from '../sizes.ts';
import { onesidedBins } from './dft.ts';

/** Parameters of window operators. */
export type WindowView = {
  readonly dtype: DType;
  /** Whether the window is one period of a periodic function; else it is symmetric. */
  readonly periodic: boolean;
  /** Number of samples, when it is constant. */
  readonly size: number | undefined;
};

function outputDtype(ctx: OpContext): DType {
  const code = ctx.int('output_datatype') ?? 1;
  const dtype = dtypeFromCode(code);
  if (dtype === undefined || dtype === 'string')
    throw ctx.invalid(`output_datatype ${code} is not a numeric type`);
  return dtype;
}

function windowOperator(name: string): Operator<WindowView> {
  return operator<WindowView>({
    name,
    view(ctx) {
      const size = ctx.ints(0)?.[0];
      if (size !== undefined && size < 0) throw ctx.invalid(`size ${size} is negative`);
      return { dtype: outputDtype(ctx), periodic: ctx.int('periodic') !== 0, size };
    },
    infer: (ctx, view) => [resultType(view.dtype, [sizeOperand(ctx, 0) ?? freshDim()])],
  });
}

/** `HannWindow`: 0.5 - 0.5 cos. */
export const hannWindow: Operator<WindowView> = windowOperator('HannWindow');

/** `HammingWindow`: 25/46 - 21/46 cos. */
export const hammingWindow: Operator<WindowView> = windowOperator('HammingWindow');

/** `BlackmanWindow`: 0.42 - 0.5 cos + 0.08 cos 2. */
export const blackmanWindow: Operator<WindowView> = windowOperator('BlackmanWindow');

/** Parameters of `MelWeightMatrix`. */
export type MelWeightMatrixView = {
  readonly dtype: DType;
};

/** `MelWeightMatrix`: weights [bins of a one-sided spectrum, mel bins] of triangular filters. */
export const melWeightMatrix: Operator<MelWeightMatrixView> = operator({
  name: 'MelWeightMatrix',
  view: (ctx) => ({ dtype: outputDtype(ctx) }),
  infer(ctx, view) {
    const length = sizeOperand(ctx, 1);
    const bins: Dim = length === undefined ? freshDim() : onesidedBins(length);
    return [resultType(view.dtype, [bins, sizeOperand(ctx, 0) ?? freshDim()])];
  },
});
