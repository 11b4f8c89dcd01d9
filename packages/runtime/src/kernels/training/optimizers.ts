import { adagrad, adam, momentum } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { type RealResult, realResult } from '../real-result.ts';

const domain = 'ai.onnx.preview.training';

/** Adagrad: steps are divided by the root of the squared gradients so far. */
export const adagradKernel: Kernel = {
  domain,
  name: 'Adagrad',
  run(inputs, ctx) {
    const { decayFactor, epsilon, normCoefficient } = adagrad.view(ctx.op);
    const rate = scalar(inputs, ctx, 0) / (1 + scalar(inputs, ctx, 1) * decayFactor);
    return updates(inputs, ctx, 1, ({ x, g, states: [h], newX, newStates: [newH] }) => {
      for (let i = 0; i < newX.length; i += 1) {
        const value = x[i] as number;
        const gradient = normCoefficient * value + (g[i] as number);
        const squares = at(h, i) + gradient * gradient;
        put(newH, i, squares);
        newX[i] = value - (rate * gradient) / (Math.sqrt(squares) + epsilon);
      }
    });
  },
};

/** Adam: running averages of gradients and of squared gradients, corrected for their start at zero. */
export const adamKernel: Kernel = {
  domain,
  name: 'Adam',
  run(inputs, ctx) {
    const { alpha, beta, epsilon, normCoefficient, normCoefficientPost } = adam.view(ctx.op);
    const rate = scalar(inputs, ctx, 0);
    const count = scalar(inputs, ctx, 1);
    const adjusted = count > 0 ? (rate * Math.sqrt(1 - beta ** count)) / (1 - alpha ** count) : rate;
    return updates(inputs, ctx, 2, ({ x, g, states: [v, h], newX, newStates: [newV, newH] }) => {
      for (let i = 0; i < newX.length; i += 1) {
        const value = x[i] as number;
        const gradient = normCoefficient * value + (g[i] as number);
        const average = alpha * at(v, i) + (1 - alpha) * gradient;
        const squares = beta * at(h, i) + (1 - beta) * gradient * gradient;
        put(newV, i, average);
        put(newH, i, squares);
        const moved = value - (adjusted * average) / (Math.sqrt(squares) + epsilon);
        newX[i] = (1 - normCoefficientPost) * moved;
      }
    });
  },
};

/** Gradient descent with momentum, plain or as Nesterov has it. In the first update `beta` does not count. */
export const momentumKernel: Kernel = {
  domain,
  name: 'Momentum',
  run(inputs, ctx) {
    const { alpha, beta, mode, normCoefficient } = momentum.view(ctx.op);
    const rate = scalar(inputs, ctx, 0);
    const share = scalar(inputs, ctx, 1) > 0 ? beta : 1;
    return updates(inputs, ctx, 1, ({ x, g, states: [v], newX, newStates: [newV] }) => {
      for (let i = 0; i < newX.length; i += 1) {
        const value = x[i] as number;
        const gradient = normCoefficient * value + (g[i] as number);
        const speed = alpha * at(v, i) + share * gradient;
        put(newV, i, speed);
        newX[i] = value - rate * (mode === 'nesterov' ? gradient + alpha * speed : speed);
      }
    });
  },
};

/** One tensor that is trained: its elements, their gradients, what the optimizer remembers, and the results. */
interface Update {
  readonly x: Reals;
  readonly g: Reals;
  readonly states: readonly Reals[];
  readonly newX: RealResult['values'];
  readonly newStates: readonly RealResult['values'][];
}

/**
 * Updates n tensors. After two scalars the operands are groups of n: tensors, gradients, then each kind of
 * state. The results are the tensors and the states, in the same groups.
 */
function updates(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  states: number,
  update: (update: Update) => void,
): readonly NdArray[] {
  const n = (inputs.length - 2) / (2 + states);
  if (!Number.isInteger(n) || n < 1) throw ctx.op.invalid(`it has ${inputs.length} operands`);
  const results: NdArray[] = new Array(n * (1 + states));
  for (let k = 0; k < n; k += 1) {
    const group = (i: number): NdArray => realOperand(inputs, ctx, 2 + i * n + k);
    const operands = Array.from({ length: 2 + states }, (_, i) => group(i));
    const shape = operands[0]?.dims ?? [];
    if (operands.some((o) => o.dims.join() !== shape.join())) {
      throw ctx.op.invalid(`the operands of tensor ${k} have different shapes`);
    }
    const [x, g, ...old] = operands;
    if (!x || !g) continue;
    const newX = realResult(ctx, x.dtype, shape);
    const newStates = old.map((state) => realResult(ctx, state.dtype, shape));
    update({
      x: reals(x),
      g: reals(g),
      states: old.map(reals),
      newX: newX.values,
      newStates: newStates.map((state) => state.values),
    });
    results[k] = newX.done();
    newStates.forEach((state, i) => {
      results[(1 + i) * n + k] = state.done();
    });
    ctx.tick();
  }
  return results;
}

function scalar(inputs: readonly (NdValue | undefined)[], ctx: KernelContext, index: number): number {
  const array = realOperand(inputs, ctx, index);
  if (array.size !== 1) throw ctx.op.invalid(`input ${index} has ${array.size} elements, not one`);
  return reals(array)[0] ?? 0;
}

function at(state: Reals | undefined, i: number): number {
  return state?.[i] as number;
}

function put(state: RealResult['values'] | undefined, i: number, value: number): void {
  if (state) state[i] = value;
}
