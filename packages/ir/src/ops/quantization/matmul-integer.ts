import { type NoParameters, noParameters, typeOfResult } from '../elementwise/operands.ts';
import { matMulShape } from '../linear/matmul.ts';
import { type Operator, operator } from '../operator.ts';

/** (A - zero point) (B - zero point) in int32, wrapping around. */
export const matMulInteger: Operator<NoParameters> = operator<NoParameters>({
  name: 'MatMulInteger',
  view: () => noParameters,
  infer(ctx) {
    const a = ctx.shape(0);
    const b = ctx.shape(1);
    return typeOfResult('int32', a && b && matMulShape(ctx, a, b));
  },
});

/** The product of two quantized matrices (operands 0 and 3), quantized in turn; codes have the type of operand 7. */
export const qLinearMatMul: Operator<NoParameters> = operator<NoParameters>({
  name: 'QLinearMatMul',
  view: () => noParameters,
  infer(ctx) {
    const a = ctx.shape(0);
    const b = ctx.shape(3);
    return typeOfResult(ctx.dtype(7), a && b && matMulShape(ctx, a, b));
  },
});
