import { InternalError } from '@refold/ir';

/** A function of one number. */
export type Activation = (x: number) => number;

/** The activation function of a recurrent operator, by the name that its view gives. */
export function activation(name: string, alpha: number, beta: number): Activation {
  switch (name) {
    case 'Affine':
      return (x) => alpha * x + beta;
    case 'Elu':
      return (x) => (x >= 0 ? x : alpha * Math.expm1(x));
    case 'HardSigmoid':
      return (x) => Math.min(1, Math.max(0, alpha * x + beta));
    case 'LeakyRelu':
      return (x) => (x >= 0 ? x : alpha * x);
    case 'Relu':
      return (x) => Math.max(0, x);
    case 'ScaledTanh':
      return (x) => alpha * Math.tanh(beta * x);
    case 'Sigmoid':
      return (x) => 1 / (1 + Math.exp(-x));
    case 'Softplus':
      return (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    case 'Softsign':
      return (x) => x / (1 + Math.abs(x));
    case 'Tanh':
      return Math.tanh;
    case 'ThresholdedRelu':
      return (x) => (x > alpha ? x : 0);
    default:
      throw new InternalError(`activation ${name} has no implementation`);
  }
}

/** What goes into an activation, kept within the bounds of `clip`. */
export function clipped(f: Activation, bound: number | undefined): Activation {
  return bound === undefined ? f : (x) => f(Math.min(bound, Math.max(-bound, x)));
}
