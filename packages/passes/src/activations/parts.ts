import type { Value } from '@refold/ir';
import { type ConstRef, constant, num, oneOf, op, type Pat, product, sum, value } from '@refold/matcher';
import { upToFloat32 } from '../support/float-types.ts';

/** A pattern over the operand of an activation. */
export type OfX = Pat<{ readonly x: Value }>;

/** The operand, of any float type. */
export const x: OfX = value('x', { dtype: 'float' });

/** The operand, of a float type in which engines compute the activation that has parameters beyond float32. */
export const x32: OfX = value('x', { dtype: upToFloat32 });

/** A number, the same for all elements. */
export function scalar<N extends string>(name: N): Pat<{ readonly [K in N]: ConstRef }> {
  return constant(name, { dtype: 'float', splat: true });
}

/** How near numbers must be that are not fractions of a power of two. */
export const near = { ulp: 4 } as const;

/** -x, by Neg or a factor. */
export function negative(of: OfX): OfX {
  return product([of, -1]);
}

/** 1 + e^x, as it stands in Softplus. */
export function onePlusExp(of: OfX): OfX {
  return sum([1, op('Exp', [of])]);
}

/** Log(1 + e^x), in one node or by its parts. */
export function softplus(of: OfX): Pat<{ readonly x: Value; readonly softplus: string }> {
  return oneOf('softplus', { node: op('Softplus', [of]), parts: op('Log', [onePlusExp(of)]) });
}

/** a > b, however it is written; `tag` names the choice. */
export function exceeds<A extends object, B extends object>(tag: string, a: Pat<A>, b: Pat<B>): Pat<A & B>;
export function exceeds(tag: string, a: Pat<object>, b: Pat<object>): Pat<object> {
  return oneOf(tag, { greater: op('Greater', [a, b]), less: op('Less', [b, a]) });
}

/** x where it is greater than 0 and `below` where it is less; 0 itself, and NaN, may go either way. */
export function bySign<C extends object>(x: OfX, below: Pat<C>): Pat<C & { readonly x: Value }>;
export function bySign(x: OfX, below: Pat<object>): Pat<object> {
  const greater = ['Greater', 'GreaterOrEqual'];
  const less = ['Less', 'LessOrEqual'];
  return oneOf('test', {
    above: op('Where', [op(greater, [x, 0]), x, below]),
    below: op('Where', [op(less, [x, 0]), below, x]),
    beneath: op('Where', [op(less, [num(0), x]), x, below]),
    over: op('Where', [op(greater, [num(0), x]), below, x]),
  });
}
