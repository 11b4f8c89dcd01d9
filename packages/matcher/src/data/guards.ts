import {
  type Dim,
  type DType,
  dtypes,
  type Known,
  type Shape,
  SymDim,
  sameDim,
  staticShape,
} from '@refold/ir';
import { ConstRef } from '../canonical/const-ref.ts';
import { isOfClass } from '../match/value-test.ts';
import type { DTypeClass } from '../pattern/value-tests.ts';
import type { Query } from '../rewrite/query.ts';
import { Refusal } from '../rewrite/verdict.ts';
import { Folded } from './folded.ts';
import { shapeOf } from './functions.ts';
import { constantOf, graphValue, isList, numberOf, type Operand, tensorOf, wholeNumbers } from './operand.ts';

/** A question that rules as data may ask. The list is closed; what cannot be proved is `unknown`, which refuses. */
export interface DataGuard {
  readonly arity: readonly [number, number];
  /** The code by which a refusal is counted. */
  readonly reason: string;
  /** For the documentation. */
  readonly text: string;
  ask(args: readonly Operand[], q: Query): Known;
}

/** Larger constants are not read by guards. */
const MAX_READ = 1 << 20;

/** All guards by name; comparisons are their own names. */
export const guards: ReadonlyMap<string, DataGuard> = new Map<string, DataGuard>([
  ['==', comparison('equal to', (a, b) => equal(a, b))],
  ['!=', comparison('not equal to', (a, b) => opposite(equal(a, b)))],
  ['<', comparison('less than', (a, b) => known(numberOf(a) < numberOf(b)))],
  ['<=', comparison('at most', (a, b) => known(numberOf(a) <= numberOf(b)))],
  ['>', comparison('greater than', (a, b) => known(numberOf(a) > numberOf(b)))],
  ['>=', comparison('at least', (a, b) => known(numberOf(a) >= numberOf(b)))],
  guard('given', [1, 1], 'not-given', 'a capture that an alternative may leave out is there', ([x]) =>
    known(x !== undefined),
  ),
  guard('same', [2, 2], 'not-same', 'two values are the same in every run', ([a, b], q) =>
    known(q.same(graphValue(a), graphValue(b))),
  ),
  guard(
    'broadcasts',
    [2, 2],
    'widens-shape',
    'the first broadcasts to the shape of the second',
    ([a, b], q) => q.broadcastsTo(graphValue(a), graphValue(b)),
  ),
  guard('once', [1, 1], 'read-elsewhere', 'a value is read once', ([x]) =>
    known(graphValue(x).useCount === 1),
  ),
  guard('constant', [1, 1], 'not-constant', 'a value is a constant', ([x], q) =>
    known(constantOf(x, q) !== undefined),
  ),
  guard('dtype', [2, 2], 'dtype', 'the dtype of a value is this one, or of this class', ([x, name], q) => {
    if (!isDTypeClass(name)) throw new Refusal('no-dtype');
    const dtype = dtypeOf(x, q);
    return dtype === undefined ? 'unknown' : known(isOfClass(dtype, name));
  }),
  guard('sameDtype', [2, 2], 'dtypes-differ', 'two values have the same dtype', ([a, b], q) => {
    const [x, y] = [dtypeOf(a, q), dtypeOf(b, q)];
    return x === undefined || y === undefined ? 'unknown' : known(x === y);
  }),
  guard('sameShape', [2, 2], 'shapes-differ', 'two values have the same sizes', ([a, b], q) =>
    sameSizes(shapeOf(a, q), shapeOf(b, q)),
  ),
  guard('shape', [2, 2], 'shape', 'the sizes of a value are those of a list', ([x, dims], q) =>
    sameSizes(shapeOf(x, q), sizesOf(dims)),
  ),
  guard('static', [1, 1], 'shape-unknown', 'all sizes of a value are numbers', ([x], q) =>
    known(staticShape(shapeOf(x, q)) !== undefined),
  ),
  guard(
    'trailing',
    [3, 3],
    'parameter-shape',
    'the first has exactly the sizes that the second has on these last axes',
    ([p, x, axes], q) => {
      const count = isList(axes) ? axes.length : numberOf(axes);
      const shape = shapeOf(x, q);
      if (count > shape.length) return 'no';
      return sameSizes(shapeOf(p, q), shape.slice(shape.length - count));
    },
  ),
  guard('lastAxis', [2, 2], 'not-last-axis', 'an axis is the last one of a value', ([axis, x], q) => {
    const list = wholeNumbers(axis);
    const [only] = list;
    return known(list.length === 1 && (only === -1 || only === shapeOf(x, q).length - 1));
  }),
  guard(
    'along',
    [3, 3],
    'not-along-axis',
    'the first varies along one axis of the second at most, and does not change its shape',
    ([c, x, axis], q) => {
      const own = shapeOf(c, q);
      const shape = shapeOf(x, q);
      const at = numberOf(axis) < 0 ? numberOf(axis) + shape.length : numberOf(axis);
      if (own.length > shape.length) return 'no';
      return every(own, (size, i) => {
        const place = i + shape.length - own.length;
        if (size === 1) return 'yes';
        const partner = shape[place];
        return place === at && partner !== undefined ? sameDim(size, partner) : 'no';
      });
    },
  ),
  guard('uniform', [1, 1], 'not-uniform', 'all elements of a constant are equal', ([c], q) => {
    const constant = constantOf(c, q);
    return known(typeof c === 'number' || constant?.splat !== undefined);
  }),
  elements('positive', 'not-positive', 'all elements of a constant are above zero', (x) => x > 0),
  elements('nonnegative', 'negative', 'no element of a constant is below zero', (x) => x >= 0),
  elements('finite', 'not-finite', 'all elements of a constant are finite', Number.isFinite),
  elements('whole', 'not-whole', 'all elements of a constant are whole numbers', Number.isInteger),
  guard('within', [3, 3], 'out-of-range', 'all elements of a constant lie in a range', ([c, lo, hi], q) => {
    const [least, most] = [numberOf(lo), numberOf(hi)];
    return known(elementsOf(c, q).every((x) => x >= least && x <= most));
  }),
]);

type Entry = readonly [string, DataGuard];

function guard(
  name: string,
  arity: readonly [number, number],
  reason: string,
  text: string,
  ask: DataGuard['ask'],
): Entry {
  return [name, { arity, reason, text, ask }];
}

function elements(name: string, reason: string, text: string, test: (x: number) => boolean): Entry {
  return guard(name, [1, 1], reason, text, ([c], q) => known(elementsOf(c, q).every((x) => test(x))));
}

function comparison(text: string, compare: (a: Operand, b: Operand) => Known): DataGuard {
  return { arity: [2, 2], reason: 'comparison', text, ask: ([a, b]) => compare(a, b) };
}

function known(holds: boolean): Known {
  return holds ? 'yes' : 'no';
}

/** The answer to the opposite question. */
export function opposite(answer: Known): Known {
  return answer === 'unknown' ? 'unknown' : known(answer === 'no');
}

function every<T>(items: readonly T[], ask: (item: T, index: number) => Known): Known {
  let all: Known = 'yes';
  for (const [i, item] of items.entries()) {
    const one = ask(item, i);
    if (one === 'no') return 'no';
    if (one === 'unknown') all = 'unknown';
  }
  return all;
}

function equal(a: Operand, b: Operand): Known {
  if (isList(a) && isList(b)) return a.length === b.length ? every(a, (x, i) => equal(x, b[i])) : 'no';
  if (typeof a === 'string' || typeof b === 'string') return known(a === b);
  if (isSize(a) && isSize(b)) return sameDim(a, b);
  return known(numberOf(a) === numberOf(b));
}

function isSize(x: Operand): x is Dim {
  return typeof x === 'number' || x instanceof SymDim;
}

function sizesOf(x: Operand): Shape {
  const list = isList(x) ? x : [x];
  return list.map((item) => (isSize(item) ? item : numberOf(item)));
}

function sameSizes(a: Shape, b: Shape): Known {
  return a.length === b.length ? every(a, (d, i) => sameDim(d, b[i] ?? 0)) : 'no';
}

function dtypeOf(x: Operand, q: Query): DType | undefined {
  return x instanceof ConstRef || x instanceof Folded ? x.dtype : q.dtype(graphValue(x));
}

function elementsOf(x: Operand, q: Query): Float64Array {
  if (typeof x === 'number') return Float64Array.of(x);
  const tensor = tensorOf(x) ?? constantOf(x, q)?.tensor;
  if (!tensor) throw new Refusal(x === undefined ? 'not-given' : 'not-constant');
  if (tensor.size > MAX_READ) throw new Refusal('constant-too-large');
  return Folded.of(tensor).values;
}

const classes: readonly string[] = ['float', 'signed', 'unsigned', 'integer', 'number', ...dtypes];

function isDTypeClass(x: Operand): x is DTypeClass {
  return typeof x === 'string' && classes.includes(x);
}
