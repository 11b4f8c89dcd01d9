import { type LstmView, lstm } from '@refold/ir';
import type { Reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { type Activation, activation, clipped } from './activation.ts';
import { operand, type RecurrentOperands, recurrentOperands, stateDims } from './operands.ts';
import { dot, type Step, unroll } from './unroll.ts';

/** Gates in the order input (i), output (o), forget (f), cell (c); peepholes in the order i, o, f. */
export const lstmKernel: Kernel = {
  name: 'LSTM',
  run(inputs, ctx) {
    const view = lstm.view(ctx.op);
    const operands = recurrentOperands(inputs, ctx, view, 4);
    const { directions, batch, hidden } = operands;
    const initialC = operand(inputs, ctx, 6, stateDims(view, directions, batch, hidden));
    const peepholes = operand(inputs, ctx, 7, [directions, 3 * hidden]);
    const step = (direction: number): Step => lstmStep(operands, view, peepholes, direction);
    return unroll(operands, view, { gates: 4, step, initialC, hasCell: true }, ctx);
  },
};

function lstmStep(
  operands: RecurrentOperands,
  view: LstmView,
  peepholes: Reals | undefined,
  direction: number,
): Step {
  const { hidden, r, b } = operands;
  const [f, g, hFunction] = functions(view, direction);
  const rAt = direction * 4 * hidden * hidden;
  const bAt = direction * 8 * hidden + 4 * hidden;
  const pAt = direction * 3 * hidden;
  const sums = new Float64Array(4 * hidden);
  const peep = (gate: number, i: number): number =>
    peepholes ? (peepholes[pAt + gate * hidden + i] as number) : 0;

  return (gates, at, h, c) => {
    for (let row = 0; row < 4 * hidden; row += 1) {
      const bias = b ? (b[bAt + row] as number) : 0;
      sums[row] = (gates[at + row] as number) + dot(r, rAt + row * hidden, h, 0, hidden) + bias;
    }
    for (let i = 0; i < hidden; i += 1) {
      const before = c[i] as number;
      const input = f((sums[i] as number) + peep(0, i) * before);
      const forget = view.coupled ? 1 - input : f((sums[2 * hidden + i] as number) + peep(2, i) * before);
      const cell = forget * before + input * g(sums[3 * hidden + i] as number);
      const output = f((sums[hidden + i] as number) + peep(1, i) * cell);
      c[i] = cell;
      h[i] = output * hFunction(cell);
    }
  };
}

/**
 * The functions of the gates, of the candidate and of the cell. `clip` bounds what goes into the first two;
 * the cell goes into the third as it is, as in ONNX Runtime.
 */
function functions(view: LstmView, direction: number): readonly [Activation, Activation, Activation] {
  const at = (k: number): Activation => {
    const i = 3 * direction + k;
    const f = activation(view.activations[i] ?? '', view.alphas[i] ?? 0, view.betas[i] ?? 0);
    return k < 2 ? clipped(f, view.clip) : f;
  };
  return [at(0), at(1), at(2)];
}
