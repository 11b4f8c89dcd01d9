import { qLinearSoftmax as softmaxOperator } from '@refold/ir';
import type { Kernel } from '../kernel.ts';
import { normalized } from '../reduction/softmax.ts';
import { codesOperand, codingOperands, decodedOperand, encoded } from './quantized.ts';

export const qLinearSoftmax: Kernel = {
  domain: 'com.microsoft',
  name: 'QLinearSoftmax',
  run(inputs, ctx) {
    const { dtype } = codesOperand(inputs, ctx, 0);
    const view = softmaxOperator.view(ctx.op);
    const shares = normalized('Softmax', decodedOperand(inputs, ctx, 0), view, ctx);
    return [encoded(shares, codingOperands(inputs, ctx, 3, dtype), dtype, ctx)];
  },
};
