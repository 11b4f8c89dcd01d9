import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { ReorderedContext } from '../quantization/operand-order.ts';
import { schemaOf } from '../schema.ts';
import { type ConcatView, concat } from '../shape/concat.ts';

/**
 * Operands in the order of Concat. The node has scale and zero point of the result first, then for each part
 * its codes, scale and zero point.
 */
export function asConcat(ctx: OpContext): OpContext {
  const parts = Math.floor((ctx.inputCount - 2) / 3);
  if (parts < 1 || ctx.inputCount !== 2 + 3 * parts) {
    throw ctx.invalid(`${ctx.inputCount} inputs are not a scale, a zero point and parts of three`);
  }
  const order = Array.from({ length: parts }, (_, i) => 2 + 3 * i);
  return new ReorderedContext(ctx, order, schemaOf('', 'Concat', 13));
}

/** Joins codes along an axis, brought to one scale. */
export const qLinearConcat: Operator<ConcatView> = operator<ConcatView>({
  domain: 'com.microsoft',
  name: 'QLinearConcat',
  view: (ctx) => concat.view(asConcat(ctx)),
  infer: (ctx, view) => concat.infer(asConcat(ctx), view),
});
