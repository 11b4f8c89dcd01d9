import {
  bernoulli,
  multinomial,
  type NormalView,
  type Operator,
  randomNormal,
  randomNormalLike,
  randomUniform,
  randomUniformLike,
  type UniformView,
} from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { type RealResult, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { normalSource, uniformSource } from './generator.ts';

export const randomNormalKernel: Kernel = normalKernel('RandomNormal', randomNormal);
export const randomNormalLikeKernel: Kernel = normalKernel('RandomNormalLike', randomNormalLike);
export const randomUniformKernel: Kernel = uniformKernel('RandomUniform', randomUniform);
export const randomUniformLikeKernel: Kernel = uniformKernel('RandomUniformLike', randomUniformLike);

function normalKernel(name: string, operator: Operator<NormalView>): Kernel {
  return {
    name,
    run(_inputs, ctx) {
      const view = operator.view(ctx.op);
      const out = start(ctx, view.dtype, resultDims(ctx, operator, view));
      const next = normalSource(uniformSource(ctx, view));
      for (let i = 0; i < out.values.length; i += 1) out.values[i] = view.mean + view.deviation * next();
      return [out.done()];
    },
  };
}

function uniformKernel(name: string, operator: Operator<UniformView>): Kernel {
  return {
    name,
    run(_inputs, ctx) {
      const view = operator.view(ctx.op);
      const out = start(ctx, view.dtype, resultDims(ctx, operator, view));
      const next = uniformSource(ctx, view);
      for (let i = 0; i < out.values.length; i += 1)
        out.values[i] = view.low + (view.high - view.low) * next();
      return [out.done()];
    },
  };
}

/** 1 with the probability that the operand holds, else 0. */
export const bernoulliKernel: Kernel = {
  name: 'Bernoulli',
  run(inputs, ctx) {
    const input = realOperand(inputs, ctx, 0);
    const view = bernoulli.view(ctx.op);
    const out = start(ctx, view.dtype, input.dims);
    const probabilities = reals(input);
    const next = uniformSource(ctx, view);
    for (let i = 0; i < out.values.length; i += 1)
      out.values[i] = next() < (probabilities[i] as number) ? 1 : 0;
    return [out.done()];
  },
};

/** Class indices drawn from unnormalised log probabilities, one distribution a row. */
export const multinomialKernel: Kernel = {
  name: 'Multinomial',
  run(inputs, ctx) {
    const input = realOperand(inputs, ctx, 0);
    const view = multinomial.view(ctx.op);
    const out = start(ctx, view.dtype, resultDims(ctx, multinomial, view));
    const [rows = 0, classes = 0] = input.dims;
    if (classes === 0 && out.values.length > 0) throw ctx.op.invalid('there are no classes to draw from');
    const logits = reals(input);
    const next = uniformSource(ctx, view);
    const sums = new Float64Array(classes);
    for (let row = 0; row < rows; row += 1) {
      ctx.tick();
      accumulate(sums, logits, row * classes);
      const total = sums[classes - 1] ?? 0;
      for (let k = 0; k < view.samples; k += 1)
        out.values[row * view.samples + k] = draw(sums, next() * total);
    }
    return [out.done()];
  },
};

function start(ctx: KernelContext, dtype: NormalView['dtype'], dims: readonly number[]): RealResult {
  if (dtype === undefined) throw ctx.op.invalid('its element type is not known');
  return realResult(ctx, dtype, dims);
}

/** Running sums of exp(logit - largest logit). */
function accumulate(sums: Float64Array, logits: ArrayLike<number>, at: number): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < sums.length; i += 1) largest = Math.max(largest, logits[at + i] as number);
  let sum = 0;
  for (let i = 0; i < sums.length; i += 1) {
    sum += Math.exp((logits[at + i] as number) - largest);
    sums[i] = sum;
  }
}

/** The first class whose running sum is above `x`, by bisection. */
function draw(sums: Float64Array, x: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
