import type { OpContext } from '../context.ts';
import { type ConvView, convShape, convView } from '../convolution/conv.ts';
import { typeOfResult } from '../elementwise/operands.ts';
import { type Operator, operator } from '../operator.ts';
import { ReorderedContext } from './operand-order.ts';

/** A convolution of integers less their zero points, in int32, wrapping around. Padding is the zero point. */
export const convInteger: Operator<ConvView> = operator<ConvView>({
  name: 'ConvInteger',
  view: convView,
  infer: (ctx, view) => typeOfResult('int32', convShape(new ReorderedContext(ctx, [0, 1]), view, 2)),
});

/** Operands in the order of Conv: data, weights, bias. */
export function asConv(ctx: OpContext): OpContext {
  return new ReorderedContext(ctx, [0, 3, 8]);
}

/** A convolution of quantized data and weights, quantized in turn; codes have the type of operand 7. */
export const qLinearConv: Operator<ConvView> = operator<ConvView>({
  name: 'QLinearConv',
  view: (ctx) => convView(asConv(ctx)),
  infer: (ctx, view) => typeOfResult(ctx.dtype(7), convShape(asConv(ctx), view, 2)),
});
