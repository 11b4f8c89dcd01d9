import {
  broadcastOperands,
  commonDType,
  type NoParameters,
  noParameters,
  typeOfResult,
} from '../elementwise/operands.ts';
import { type Operator, operator } from '../operator.ts';

const domain = 'com.microsoft';

/** Quantized operands 0 and 3, each before its scale and zero point; the result has their type. */
function binary(name: string): Operator<NoParameters> {
  return operator<NoParameters>({
    domain,
    name,
    view: () => noParameters,
    infer: (ctx) => typeOfResult(commonDType(ctx, [0, 3]), broadcastOperands(ctx, [0, 3])),
  });
}

/** The operator `QLinearAdd`. */
export const qLinearAdd: Operator<NoParameters> = binary('QLinearAdd');
/** The operator `QLinearMul`. */
export const qLinearMul: Operator<NoParameters> = binary('QLinearMul');

/** The operator `QLinearSigmoid`. */
export const qLinearSigmoid: Operator<NoParameters> = operator<NoParameters>({
  domain,
  name: 'QLinearSigmoid',
  view: () => noParameters,
  infer: (ctx) => typeOfResult(ctx.dtype(0), ctx.shape(0)),
});

/** The operator `QLinearLeakyRelu`. */
export const qLinearLeakyRelu: Operator<{ readonly alpha: number }> = operator({
  domain,
  name: 'QLinearLeakyRelu',
  view: (ctx) => ({ alpha: ctx.float('alpha') ?? Math.fround(0.01) }),
  infer: (ctx) => typeOfResult(ctx.dtype(0), ctx.shape(0)),
});

/** A condition, then two quantized operands (1 and 4) with their parameters, then those of the result. */
export const qLinearWhere: Operator<NoParameters> = operator<NoParameters>({
  domain,
  name: 'QLinearWhere',
  view: () => noParameters,
  infer: (ctx) => typeOfResult(commonDType(ctx, [1, 4]), broadcastOperands(ctx, [0, 1, 4])),
});
