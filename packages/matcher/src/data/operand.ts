import { type Node, type SymDim, type Tensor, Value } from '@refold/ir';
import { ConstRef } from '../canonical/const-ref.ts';
import type { Query } from '../rewrite/query.ts';
import { Refusal } from '../rewrite/verdict.ts';
import { Folded } from './folded.ts';

/** What an expression comes to; `undefined` is an input that is not given. */
export type Operand =
  | number
  | boolean
  | string
  | Folded
  | ConstRef
  | Value
  | Node
  | SymDim
  | readonly Operand[]
  | undefined;

export function isList(x: Operand): x is readonly Operand[] {
  return Array.isArray(x);
}

/** The one number that an operand is. Refuses everything else. */
export function numberOf(x: Operand): number {
  if (typeof x === 'number') return x;
  if (typeof x === 'boolean') return Number(x);
  if (x instanceof ConstRef) {
    const { splat } = x;
    if (typeof splat === 'number') return splat;
  }
  if (x instanceof Folded && x.values.length === 1) return x.values[0] ?? Number.NaN;
  throw new Refusal(x === undefined ? 'not-given' : 'no-number');
}

/** Whole numbers, as shapes and axes are. */
export function wholeNumbers(x: Operand): readonly number[] {
  const list = isList(x) ? x.map(numberOf) : x instanceof ConstRef ? [...x.floats()] : [numberOf(x)];
  if (!list.every(Number.isSafeInteger)) throw new Refusal('no-whole-number');
  return list;
}

/** The value in the graph; refuses what is none. */
export function graphValue(x: Operand): Value {
  if (x instanceof Value) return x;
  if (x instanceof ConstRef && x.value) return x.value;
  throw new Refusal(x === undefined ? 'not-given' : 'no-value');
}

/** The constant that an operand is, or undefined. Values may be constants too. */
export function constantOf(x: Operand, q: Query): ConstRef | undefined {
  return x instanceof ConstRef ? x : x instanceof Value ? q.constant(x) : undefined;
}

/** The elements of a constant. */
export function tensorOf(x: Operand): Tensor | undefined {
  if (x instanceof ConstRef) return x.tensor;
  return x instanceof Folded ? x.tensor() : undefined;
}
