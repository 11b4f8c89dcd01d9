import type { Dim } from '@refold/ir';
import { ConstRef } from '../canonical/const-ref.ts';
import type { Query } from '../rewrite/query.ts';
import { Refusal } from '../rewrite/verdict.ts';
import type { Arithmetic } from './combine.ts';
import { arithmetic, Folded } from './folded.ts';
import { concatenated, transposed } from './move.ts';
import { graphValue, isList, numberOf, type Operand, wholeNumbers } from './operand.ts';

/** A function that rules as data may call. The list is closed. */
export interface DataFunction {
  /** Least and most arguments. */
  readonly arity: readonly [number, number];
  /** The operator that it makes of values; absent when it only takes constants or facts. */
  readonly op?: string;
  /** Whether the result is a fact about its arguments (a number or a list), whatever they are. */
  readonly isFact?: true;
  /** For the documentation. */
  readonly text: string;
  /** Works on constants and facts. */
  apply(args: readonly Operand[], q: Query): Operand;
}

/** All functions by name; signs are their own names. */
export const functions: ReadonlyMap<string, DataFunction> = new Map<string, DataFunction>([
  ['+', binary('+', 'Add', 'sum')],
  ['-', binary('-', 'Sub', 'difference')],
  ['*', binary('*', 'Mul', 'product')],
  ['/', binary('/', 'Div', 'quotient')],
  ['^', binary('^', 'Pow', 'power')],
  ['min', binary('min', 'Min', 'the lesser')],
  ['max', binary('max', 'Max', 'the greater')],
  ['neg', unary((x) => -x, 'Neg', 'negative')],
  ['sqrt', unary(Math.sqrt, 'Sqrt', 'square root')],
  ['reciprocal', unary((x) => 1 / x, 'Reciprocal', '1 / x')],
  ['abs', unary(Math.abs, 'Abs', 'absolute value')],
  [
    '??',
    {
      arity: [2, 2],
      text: 'the first operand, or the second where the first was not given',
      apply: ([a, b]) => a ?? b,
    },
  ],
  [
    'reshape',
    {
      arity: [2, 2],
      text: 'a constant in another shape, a list in which one -1 may stand',
      apply: ([a, dims]) => folded(a).reshaped(wholeNumbers(dims)),
    },
  ],
  [
    'transpose',
    {
      arity: [2, 2],
      text: 'a constant with its axes in the order of a list',
      apply: ([a, perm]) => transposed(folded(a), wholeNumbers(perm)),
    },
  ],
  [
    'concat',
    {
      arity: [2, 64],
      text: 'constants put together along an axis, which is the last argument',
      apply: (args) => concatenated(args.slice(0, -1).map(folded), numberOf(args.at(-1))),
    },
  ],
  fact('number', [1, 1], 'the one number that all elements of a constant are', ([c]) => numberOf(c)),
  fact('ints', [1, 1], 'the elements of a constant of whole numbers, as a list', ([c]) => wholeNumbers(c)),
  fact('count', [1, 1], 'how long a list is', ([list]) => listOf(list).length),
  fact('item', [2, 2], 'item i of a list; negative i counts from the end', ([list, i]) => {
    const found = listOf(list).at(numberOf(i));
    if (found === undefined) throw new Refusal('no-such-item');
    return found;
  }),
  fact('rank', [1, 1], 'the number of dimensions', ([x], q) => shapeOf(x, q).length),
  fact('dim', [2, 2], 'the size of dimension i; negative i counts from the end', ([x, i], q) => {
    const size = shapeOf(x, q).at(numberOf(i));
    if (size === undefined) throw new Refusal('no-such-axis');
    return size;
  }),
]);

function fact(
  name: string,
  arity: readonly [number, number],
  text: string,
  apply: DataFunction['apply'],
): readonly [string, DataFunction] {
  return [name, { arity, isFact: true, text, apply }];
}

function binary(op: Arithmetic, made: string, text: string): DataFunction {
  return {
    arity: [2, 2],
    op: made,
    text,
    apply: ([a, b]) => {
      if (isScalar(a) && isScalar(b)) {
        const one = arithmetic(
          op,
          Folded.scalar(numberOf(a), 'float64'),
          Folded.scalar(numberOf(b), 'float64'),
        );
        return numberOf(one);
      }
      if (isScalar(a)) {
        const right = folded(b);
        return arithmetic(op, Folded.scalar(numberOf(a), right.dtype), right);
      }
      const left = folded(a);
      return arithmetic(op, left, isScalar(b) ? Folded.scalar(numberOf(b), left.dtype) : folded(b));
    },
  };
}

function unary(f: (x: number) => number, made: string, text: string): DataFunction {
  return {
    arity: [1, 1],
    op: made,
    text,
    apply: ([a]) => (isScalar(a) ? numberOf(Folded.scalar(numberOf(a), 'float64').map(f)) : folded(a).map(f)),
  };
}

function isScalar(x: Operand): boolean {
  return typeof x === 'number' || typeof x === 'boolean';
}

/** A constant, made ready for arithmetic. */
export function folded(x: Operand): Folded {
  if (x instanceof Folded) return x;
  if (x instanceof ConstRef) return Folded.of(x.tensor);
  throw new Refusal(x === undefined ? 'not-given' : 'no-constant');
}

function listOf(x: Operand): readonly Operand[] {
  if (isList(x)) return x;
  throw new Refusal('no-list');
}

/** The sizes of a value or a constant. */
export function shapeOf(x: Operand, q: Query): readonly Dim[] {
  if (x instanceof Folded || x instanceof ConstRef) return x.dims;
  const shape = q.shape(graphValue(x));
  if (!shape) throw new Refusal('rank-unknown');
  return shape;
}
