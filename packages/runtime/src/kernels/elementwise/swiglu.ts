import { swiGlu } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { sigmoid } from './activations.ts';

/** gate * Sigmoid(alpha * gate) * value, of two tensors of one shape: there is no broadcasting. */
export const swiGluKernel: Kernel = {
  name: 'SwiGLU',
  run(inputs, ctx) {
    const gate = realOperand(inputs, ctx, 0);
    const value = realOperand(inputs, ctx, 1);
    const { alpha } = swiGlu.view(ctx.op);
    if (gate.rank !== value.rank || gate.dims.some((d, i) => d !== value.dims[i])) {
      throw ctx.op.invalid(
        `a gate of shape [${gate.dims.join(', ')}] does not fit [${value.dims.join(', ')}]`,
      );
    }
    const result = realResult(ctx, gate.dtype, gate.dims);
    const [a, b] = [reals(gate), reals(value)];
    const { values } = result;
    for (let i = 0; i < values.length; i += 1) {
      const v = a[i] as number;
      values[i] = v * sigmoid(alpha * v) * (b[i] as number);
    }
    ctx.tick();
    return [result.done()];
  },
};
