import { rnn } from '@refold/ir';
import type { Kernel } from '../kernel.ts';
import { activation, clipped } from './activation.ts';
import { recurrentOperands } from './operands.ts';
import { dot, type Step, unroll } from './unroll.ts';

/** H(t) = f(X(t) Wᵀ + H(t-1) Rᵀ + Wb + Rb). */
export const rnnKernel: Kernel = {
  name: 'RNN',
  run(inputs, ctx) {
    const view = rnn.view(ctx.op);
    const operands = recurrentOperands(inputs, ctx, view, 1);
    const { hidden, r, b } = operands;
    return unroll(operands, view, { gates: 1, step }, ctx);

    function step(direction: number): Step {
      const f = clipped(
        activation(
          view.activations[direction] ?? '',
          view.alphas[direction] ?? 0,
          view.betas[direction] ?? 0,
        ),
        view.clip,
      );
      const rAt = direction * hidden * hidden;
      const bAt = direction * 2 * hidden + hidden;
      const next = new Float64Array(hidden);
      return (gates, at, h) => {
        for (let i = 0; i < hidden; i += 1) {
          const bias = b ? (b[bAt + i] as number) : 0;
          next[i] = f((gates[at + i] as number) + dot(r, rAt + i * hidden, h, 0, hidden) + bias);
        }
        h.set(next);
      };
    }
  },
};
