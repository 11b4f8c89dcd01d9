import type { OpContext } from '../context.ts';
import { typeOfResult } from '../elementwise/operands.ts';
import { type GemmView, gemmShape, gemmView } from '../linear/gemm.ts';
import { type Operator, operator } from '../operator.ts';
import { ReorderedContext } from '../quantization/operand-order.ts';

/** Operands in the order of Gemm: A, B, C. Scale and zero point stand behind A and B. */
function asGemm(ctx: OpContext): OpContext {
  return new ReorderedContext(ctx, [0, 3, 6]);
}

/**
 * The operator `QGemm`: Gemm of codes with an int32 C, which is in the scale of the product. The result has the type of
 * the last operand, its zero point, or is float32 without one.
 */
export const qGemm: Operator<GemmView> = operator<GemmView>({
  domain: 'com.microsoft',
  name: 'QGemm',
  view: (ctx) => gemmView(asGemm(ctx)),
  infer: (ctx, view) =>
    typeOfResult(ctx.hasInput(8) ? ctx.dtype(8) : 'float32', gemmShape(asGemm(ctx), view)),
});
