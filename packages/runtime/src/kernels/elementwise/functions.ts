import { erf } from '../../math/erf.ts';
import type { Kernel } from '../kernel.ts';
import { loopOf, type UnaryLoops, unary } from './unary.ts';

const negate: UnaryLoops = {
  reals(out, x) {
    for (let i = 0; i < out.length; i += 1) out[i] = -(x[i] as number);
  },
  bigs(out, x) {
    for (let i = 0; i < out.length; i += 1) out[i] = -(x[i] as bigint);
  },
};

/** The least integer has no positive counterpart, and stays. */
const absolute: UnaryLoops = {
  reals(out, x) {
    for (let i = 0; i < out.length; i += 1) out[i] = Math.abs(x[i] as number);
  },
  bigs(out, x) {
    for (let i = 0; i < out.length; i += 1) {
      const v = x[i] as bigint;
      out[i] = v < 0n ? -v : v;
    }
  },
};

const sign: UnaryLoops = {
  reals(out, x) {
    for (let i = 0; i < out.length; i += 1) out[i] = Math.sign(x[i] as number);
  },
  bigs(out, x) {
    for (let i = 0; i < out.length; i += 1) {
      const v = x[i] as bigint;
      out[i] = v > 0n ? 1n : v < 0n ? -1n : 0n;
    }
  },
};

const squareRoot: UnaryLoops = {
  reals(out, x) {
    for (let i = 0; i < out.length; i += 1) out[i] = Math.sqrt(x[i] as number);
  },
};

const reciprocal: UnaryLoops = {
  reals(out, x) {
    for (let i = 0; i < out.length; i += 1) out[i] = 1 / (x[i] as number);
  },
};

/** Halves go to the even neighbour, and the sign of zero stays, which adding 2^52 alone would lose. */
export function roundHalfEven(x: number): number {
  if (!(Math.abs(x) < 4503599627370496)) return x;
  const rounded = x < 0 ? x - 4503599627370496 + 4503599627370496 : x + 4503599627370496 - 4503599627370496;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

const plain: readonly (readonly [string, (x: number) => number])[] = [
  ['Exp', Math.exp],
  ['Log', Math.log],
  ['Floor', Math.floor],
  ['Ceil', Math.ceil],
  ['Round', roundHalfEven],
  ['Sin', Math.sin],
  ['Cos', Math.cos],
  ['Tan', Math.tan],
  ['Asin', Math.asin],
  ['Acos', Math.acos],
  ['Atan', Math.atan],
  ['Sinh', Math.sinh],
  ['Cosh', Math.cosh],
  ['Tanh', Math.tanh],
  ['Asinh', Math.asinh],
  ['Acosh', Math.acosh],
  ['Atanh', Math.atanh],
];

/** Integers, which opset 9 allowed, are truncated as other results are. */
const errorFunction: UnaryLoops = {
  reals: loopOf(erf),
  bigs(out, x) {
    for (let i = 0; i < out.length; i += 1) out[i] = BigInt(Math.trunc(erf(Number(x[i] as bigint))));
  },
};

export const functionKernels: readonly Kernel[] = [
  unary('Neg', negate),
  unary('Abs', absolute),
  unary('Sign', sign),
  unary('Sqrt', squareRoot),
  unary('Reciprocal', reciprocal),
  unary('Erf', errorFunction),
  ...plain.map(([name, f]) => unary(name, { reals: loopOf(f) })),
];
