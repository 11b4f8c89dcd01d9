import type { Dim } from '../../types/dim.ts';
import { type DType, dtypeKind, isFloat, isInteger } from '../../types/dtype.ts';
import { tensorFloats, tensorInts } from '../../types/elements.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { freshShape, MAX_CONTENTS, operandLength, sizesOperand } from '../sizes.ts';

/** Parameters of `ConstantOfShape`. */
export interface ConstantOfShapeView extends View {
  readonly shape: readonly Dim[] | undefined;
  readonly dtype: DType;
  /** The element; undefined for a type that is neither a number nor a string. Bool is 0 or 1. */
  readonly value: number | bigint | string | undefined;
}

/** The element is float32 zero unless `value` gives another one. */
export function constantOfShapeView(ctx: OpContext): ConstantOfShapeView {
  const shape = sizesOperand(ctx, 0);
  if (shape?.some((d) => typeof d === 'number' && d < 0)) throw ctx.invalid('a size is negative');
  const tensor = ctx.tensor('value');
  if (tensor === undefined) return { shape, dtype: 'float32', value: 0 };
  if (tensor.size !== 1) throw ctx.invalid('attribute value must have one element');
  const { dtype } = tensor;
  if (tensor.strings) return { shape, dtype, value: tensor.strings[0] };
  if (isFloat(dtype)) return { shape, dtype, value: tensorFloats(tensor)[0] };
  return { shape, dtype, value: dtypeKind(dtype) === 'complex' ? undefined : tensorInts(tensor)[0] };
}

/** A tensor of a given shape, filled with one element. */
export const constantOfShape: Operator<ConstantOfShapeView> = operator<ConstantOfShapeView>({
  name: 'ConstantOfShape',
  view: constantOfShapeView,
  infer(ctx, view) {
    return [tensorType(view.dtype, view.shape ?? freshShape(operandLength(ctx, 0)))];
  },
  contents(_ctx, view) {
    const { dtype, shape, value } = view;
    if (!isInteger(dtype) || typeof value !== 'number' || shape === undefined || shape.length > 1)
      return undefined;
    const length = shape[0] ?? 1;
    if (typeof length !== 'number' || length > MAX_CONTENTS) return undefined;
    return new Array<Dim>(length).fill(value);
  },
});
