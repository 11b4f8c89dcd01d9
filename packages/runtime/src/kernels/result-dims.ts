import { type Operator, staticShape, type View } from '@refold/ir';
import type { KernelContext } from './kernel.ts';

/**
 * Dims of a result by the operator's own inference, which at run time knows all operands: the optimizer and
 * the kernels cannot disagree, and operands that do not fit are refused in one place.
 */
export function resultDims<V extends View>(
  ctx: KernelContext,
  operator: Operator<V>,
  view: V,
  output = 0,
): readonly number[] {
  const type = operator.infer(ctx.op, view)[output];
  const dims = type?.kind === 'tensor' ? staticShape(type.shape) : undefined;
  if (dims === undefined) throw ctx.op.invalid('the size of the result is not determined');
  return dims;
}
