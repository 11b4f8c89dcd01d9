import { commutative, num, oneOf, op, product, sum, type Tolerance } from '@refold/matcher';
import { near, type OfX, x32 as x } from './parts.ts';

const scale = Math.sqrt(2 / Math.PI);

/** x / 2 (1 + erf(x / sqrt 2)): the half may stand anywhere, and the product may be multiplied out. */
export function byErf(tol: Tolerance): OfX {
  const erf = op('Erf', [product([x, num(Math.SQRT1_2, tol)])]);
  const ofNegative = op('Erf', [product([x, num(-Math.SQRT1_2, tol)])]);
  const half = commutative('Mul', [x, 0.5]);
  return oneOf('form', {
    product: product([x, 0.5, sum([erf, 1])]),
    complement: product([x, 0.5, sum([1, op('Neg', [ofNegative])])]),
    halves: product([x, sum([product([erf, 0.5]), 0.5])]),
    sum: sum([half, product([half, erf])]),
  });
}

/** `factor` times sqrt(2 / pi) (x + 0.044715 x^3). */
export function polynomial(factor: number): OfX {
  return product([sum([x, product([op('Pow', [x, 3]), num(0.044715, near)])]), num(factor * scale, near)]);
}

/** The same with x taken out: x (1 + 0.044715 x^2), in which the scale may stand at x. */
export function factored(factor: number): OfX {
  return product([x, num(factor * scale, near), sum([1, product([op('Pow', [x, 2]), num(0.044715, near)])])]);
}

/** x / 2 (1 + tanh u). */
export function byTanh(u: OfX): OfX {
  return product([x, 0.5, sum([op('Tanh', [u]), 1])]);
}
