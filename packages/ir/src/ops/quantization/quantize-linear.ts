import { type DType, dtypeBits, dtypeFromCode, isFloat, isInteger } from '../../types/dtype.ts';
import type { OpContext } from '../context.ts';
import { typeOfResult } from '../elementwise/operands.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { checkScales, type ScaleLayout, scaleLayout } from './granularity.ts';

/** Parameters of `QuantizeLinear`. */
export interface QuantizeLinearView extends View, ScaleLayout {
  /** Element type of the codes; undefined while the zero point that tells it has no known type. */
  readonly to: DType | undefined;
  /** Whether float8 codes saturate. */
  readonly saturate: boolean;
  /** Type in which the division is rounded, when it is stated. */
  readonly precision: DType | undefined;
}

/** Parameters of `DequantizeLinear`. */
export interface DequantizeLinearView extends View, ScaleLayout {
  /** Element type of the result; undefined while the scale that tells it has no known type. */
  readonly to: DType | undefined;
}

/** The element type that an attribute names; undefined for 0, which says nothing. */
function optionalDType(ctx: OpContext, name: string): DType | undefined {
  const code = ctx.int(name) ?? 0;
  if (code === 0) return undefined;
  const dtype = dtypeFromCode(code);
  if (!dtype) throw ctx.invalid(`${name} ${code} is not an element type`);
  return dtype;
}

/** Integers and floats of at most 8 bits, and integers of 16. */
function holdsCodes(dtype: DType): boolean {
  return isInteger(dtype) ? dtypeBits(dtype) <= 16 : isFloat(dtype) && dtypeBits(dtype) <= 8;
}

/** Codes have the type of the zero point, else the stated one, else uint8. */
function codeType(ctx: OpContext): DType | undefined {
  const stated = optionalDType(ctx, 'output_dtype');
  if (!ctx.hasInput(2)) return stated ?? 'uint8';
  const dtype = ctx.dtype(2);
  if (stated && dtype && stated !== dtype)
    throw ctx.invalid(`output_dtype ${stated} is not that of the zero point, ${dtype}`);
  return dtype ?? stated;
}

/** y = saturate(round(x / scale) + zero point). */
export const quantizeLinear: Operator<QuantizeLinearView> = operator<QuantizeLinearView>({
  name: 'QuantizeLinear',
  view: (ctx) => ({
    ...scaleLayout(ctx),
    to: codeType(ctx),
    saturate: ctx.int('saturate') !== 0,
    precision: optionalDType(ctx, 'precision'),
  }),
  infer(ctx, view) {
    if (view.to && !holdsCodes(view.to)) throw ctx.invalid(`${view.to} is not a type for codes`);
    checkScales(ctx, view);
    return typeOfResult(view.to, ctx.shape(0));
  },
});

/** y = (x - zero point) * scale. */
export const dequantizeLinear: Operator<DequantizeLinearView> = operator<DequantizeLinearView>({
  name: 'DequantizeLinear',
  view: (ctx) => ({ ...scaleLayout(ctx), to: optionalDType(ctx, 'output_dtype') ?? ctx.dtype(1) }),
  infer(ctx, view) {
    if (view.to && !isFloat(view.to)) throw ctx.invalid(`its result cannot be ${view.to}`);
    const codes = ctx.dtype(0);
    const zeroPoint = ctx.dtype(2);
    if (codes && zeroPoint && codes !== zeroPoint) {
      throw ctx.invalid(`codes are ${codes}, their zero point is ${zeroPoint}`);
    }
    checkScales(ctx, view);
    return typeOfResult(view.to, ctx.shape(0));
  },
});
