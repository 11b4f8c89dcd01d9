import { freshDim } from '../../types/dim.ts';
import { type DType, dtypeFromCode } from '../../types/dtype.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType } from '../sizes.ts';

/** Parameters of `EyeLike`. */
export interface EyeLikeView extends View {
  /** Element type of the result; that of the input unless it is given. */
  readonly dtype: DType | undefined;
  /** The diagonal of ones: above the main one when positive, below it when negative. */
  readonly k: number;
}

/** Reads the parameters of `EyeLike`. */
export function eyeLikeView(ctx: OpContext): EyeLikeView {
  const code = ctx.int('dtype');
  const dtype = code === undefined ? ctx.dtype(0) : dtypeFromCode(code);
  if (code !== undefined && dtype === undefined) throw ctx.invalid(`there is no element type ${code}`);
  return { dtype, k: ctx.int('k') ?? 0 };
}

/** A matrix of the shape of the input, zero but for ones on a diagonal. */
export const eyeLike: Operator<EyeLikeView> = operator<EyeLikeView>({
  name: 'EyeLike',
  view: eyeLikeView,
  infer(ctx, view) {
    const shape = ctx.shape(0) ?? [freshDim(), freshDim()];
    if (shape.length !== 2) throw ctx.invalid(`the input has rank ${shape.length}, not 2`);
    return [resultType(view.dtype, shape)];
  },
});
