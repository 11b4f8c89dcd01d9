import { type GruView, gru } from '@refold/ir';
import type { Kernel } from '../kernel.ts';
import { type Activation, activation, clipped } from './activation.ts';
import { type RecurrentOperands, recurrentOperands } from './operands.ts';
import { dot, type Step, unroll } from './unroll.ts';

/** Gates in the order update (z), reset (r), hidden (h). */
export const gruKernel: Kernel = {
  name: 'GRU',
  run(inputs, ctx) {
    const view = gru.view(ctx.op);
    const operands = recurrentOperands(inputs, ctx, view, 3);
    return unroll(operands, view, { gates: 3, step: (direction) => gruStep(operands, view, direction) }, ctx);
  },
};

function gruStep(operands: RecurrentOperands, view: GruView, direction: number): Step {
  const { hidden, r, b } = operands;
  const f = gateFunction(view, 2 * direction);
  const g = gateFunction(view, 2 * direction + 1);
  const rAt = direction * 3 * hidden * hidden;
  const bAt = direction * 6 * hidden + 3 * hidden;
  const z = new Float64Array(hidden);
  const reset = new Float64Array(hidden);
  const candidate = new Float64Array(hidden);

  /** What the state gives to row `row` of the gates, the bias included. */
  function recurrent(row: number, state: Float64Array): number {
    return dot(r, rAt + row * hidden, state, 0, hidden) + (b ? (b[bAt + row] as number) : 0);
  }

  return (gates, at, h) => {
    for (let i = 0; i < hidden; i += 1) {
      z[i] = f((gates[at + i] as number) + recurrent(i, h));
      reset[i] = f((gates[at + hidden + i] as number) + recurrent(hidden + i, h));
    }
    const row = 2 * hidden;
    if (view.linearBeforeReset) {
      for (let i = 0; i < hidden; i += 1) {
        candidate[i] = g((gates[at + row + i] as number) + (reset[i] as number) * recurrent(row + i, h));
      }
    } else {
      for (let i = 0; i < hidden; i += 1) reset[i] = (reset[i] as number) * (h[i] as number);
      for (let i = 0; i < hidden; i += 1) {
        candidate[i] = g((gates[at + row + i] as number) + recurrent(row + i, reset));
      }
    }
    for (let i = 0; i < hidden; i += 1) {
      const keep = z[i] as number;
      h[i] = (1 - keep) * (candidate[i] as number) + keep * (h[i] as number);
    }
  };
}

function gateFunction(view: GruView, index: number): Activation {
  const f = activation(view.activations[index] ?? '', view.alphas[index] ?? 0, view.betas[index] ?? 0);
  return clipped(f, view.clip);
}
