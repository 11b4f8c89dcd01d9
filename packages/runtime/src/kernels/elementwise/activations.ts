import {
  celu,
  elu,
  gelu,
  hardSigmoid,
  leakyRelu,
  type Operator,
  selu,
  shrink,
  swish,
  thresholdedRelu,
  type View,
} from '@refold/ir';
import { erfc } from '../../math/erf.ts';
import type { Reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { type Loop, loopOf, type UnaryLoops, unary } from './unary.ts';

const relu: UnaryLoops = {
  reals(out, x) {
    for (let i = 0; i < out.length; i += 1) out[i] = Math.max(x[i] as number, 0);
  },
  bigs(out, x) {
    for (let i = 0; i < out.length; i += 1) out[i] = (x[i] as bigint) < 0n ? 0n : (x[i] as bigint);
  },
};

/** 1 / (1 + exp(-x)): for large negative x the exponential overflows to infinity and the result is 0. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** log(1 + exp(x)) without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** x times the normal distribution function; by erfc, since 1 + erf cancels for negative x. */
export function geluOf(x: number): number {
  return 0.5 * x * erfc(-x * Math.SQRT1_2);
}

/** (1 + tanh u) / 2 is the sigmoid of 2u, which does not cancel. */
export function geluByTanh(x: number): number {
  return x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
}

/** x tanh(log(1 + exp x)). With e = exp(-|x|) it is rational in e, and neither overflows nor cancels. */
export function mish(x: number): number {
  const e = Math.exp(-Math.abs(x));
  if (x >= 0) return x * ((1 + 2 * e) / (1 + 2 * e + 2 * e * e));
  return x * ((e * e + 2 * e) / (e * e + 2 * e + 2));
}

function swishOf(alpha: number): (x: number) => number {
  return (x) => x * sigmoid(alpha * x);
}

/** Negative numbers are scaled. */
export function leaky(alpha: number): Loop<Reals> {
  return (out, x) => {
    for (let i = 0; i < out.length; i += 1) {
      const v = x[i] as number;
      out[i] = v < 0 ? alpha * v : v;
    }
  };
}

function hardSigmoidLoop(alpha: number, beta: number): Loop<Reals> {
  return (out, x) => {
    for (let i = 0; i < out.length; i += 1)
      out[i] = Math.max(0, Math.min(1, alpha * (x[i] as number) + beta));
  };
}

const hardSwish: Loop<Reals> = (out, x) => {
  for (let i = 0; i < out.length; i += 1) {
    const v = x[i] as number;
    out[i] = v * Math.max(0, Math.min(1, v / 6 + 0.5));
  }
};

/** A kernel whose loop depends on the parameters of its node. */
function parametric<V extends View>(operator: Operator<V>, loop: (view: V) => Loop<Reals>): Kernel {
  return unary(operator.name, (ctx) => ({ reals: loop(operator.view(ctx.op)) }));
}

/** Nearer to zero by the bias; integers beyond the doubles move by the whole part of it. */
function shrinkLoops({ bias, lambd }: { readonly bias: number; readonly lambd: number }): UnaryLoops {
  const shrunk = (x: number): number => (x < -lambd ? x + bias : x > lambd ? x - bias : 0);
  const whole = Number.isFinite(bias) ? BigInt(Math.trunc(bias)) : 0n;
  return {
    reals: loopOf(shrunk),
    bigs(out, x) {
      for (let i = 0; i < out.length; i += 1) {
        const v = x[i] as bigint;
        const value = Number(v);
        if (Math.abs(value) < 2 ** 52) out[i] = BigInt(Math.trunc(shrunk(value)) || 0);
        else out[i] = value < -lambd ? v + whole : value > lambd ? v - whole : 0n;
      }
    },
  };
}

export const activationKernels: readonly Kernel[] = [
  unary('Relu', relu),
  unary('Sigmoid', { reals: loopOf(sigmoid) }),
  unary('Softplus', { reals: loopOf(softplus) }),
  unary('Softsign', {
    reals: loopOf((x) => x / (1 + Math.abs(x))),
  }),
  unary('Mish', { reals: loopOf(mish) }),
  unary('HardSwish', { reals: hardSwish }),
  parametric(leakyRelu, ({ alpha }) => leaky(alpha)),
  parametric(elu, ({ alpha }) => loopOf((x) => (x < 0 ? alpha * Math.expm1(x) : x))),
  parametric(celu, ({ alpha }) => loopOf((x) => (x < 0 ? alpha * Math.expm1(x / alpha) : x))),
  parametric(selu, ({ alpha, gamma }) => loopOf((x) => gamma * (x < 0 ? alpha * Math.expm1(x) : x))),
  parametric(hardSigmoid, ({ alpha, beta }) => hardSigmoidLoop(alpha, beta)),
  parametric(swish, ({ alpha }) => loopOf(swishOf(alpha))),
  parametric(thresholdedRelu, ({ alpha }) => loopOf((x) => (x > alpha ? x : 0))),
  unary('Shrink', (ctx) => shrinkLoops(shrink.view(ctx.op))),
  parametric(gelu, ({ approximate }) => loopOf(approximate === 'tanh' ? geluByTanh : geluOf)),
];
