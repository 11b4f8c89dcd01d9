import { type Node, shapeOf, type Value } from '@refold/ir';
import {
  type Builder,
  named,
  no,
  oneOf,
  op,
  type Pat,
  type Query,
  type Rule,
  rule,
  value,
  yes,
} from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { splitInto } from '../support/split-into.ts';
import { viewNumber } from '../support/view.ts';

/** `of` with its first elements along an axis put behind the others; `name` captures the Concat. */
function roll<N extends string, C extends object>(name: N, of: Pat<C>) {
  return named(name, op('Concat', [op('Split', [of], { output: 1 }), op('Split', [of])]));
}

/** How a Concat of two parts of a value rolls it. */
interface Roll {
  readonly axis: number;
  readonly size: number;
  /** How many elements go to the end. */
  readonly shift: number;
}

function rollOf(concat: Node): Roll | undefined {
  const [, first] = concat.inputs;
  const split = first?.producer;
  const axis = viewNumber(concat, 'axis');
  if (split?.outputs.length !== 2 || axis === undefined || axis < 0) return undefined;
  const [size, shift] = [shapeOf(split.inputs[0])?.[axis], shapeOf(first)?.[axis]];
  if (viewNumber(split, 'axis') !== axis || typeof size !== 'number' || typeof shift !== 'number') {
    return undefined;
  }
  return size > 0 ? { axis, size, shift } : undefined;
}

/** A roll along an axis by so many elements; none where they come to all. */
function rolled(x: Value, { axis, size, shift }: Roll, b: Builder, q: Query): Value {
  if (shift % size === 0) return x;
  const [first, second] = splitInto(x, [shift, size - shift], axis, b, q);
  return b.node('Concat', [second, first], { axis });
}

/** Two rolls along one axis as one. */
function sumOf(first: Roll, last: Roll): Roll {
  return { ...first, shift: (first.shift + last.shift) % first.size };
}

const x = value('x');

const merge: Rule = rule({
  name: 'mov/roll',
  doc: 'roll(roll(x, k), l) = roll(x, k + l) along one axis, across a roll along another one too',
  match: oneOf('form', {
    near: roll('second', roll('first', x)),
    across: roll('second', roll('between', roll('first', x))),
  }),
  guard: (m) => {
    const [first, last] = [rollOf(m.first), rollOf(m.second)];
    const between = m.between && rollOf(m.between);
    if (!first || !last || (m.between && !between)) return no('not-a-roll');
    return first.axis === last.axis && between?.axis !== first.axis ? yes : no('other-axis', 'first');
  },
  build: (m, b, q) => {
    const [first, last] = [rollOf(m.first), rollOf(m.second)];
    if (!first || !last) return undefined;
    const y = rolled(m.x, sumOf(first, last), b, q);
    const between = m.between && rollOf(m.between);
    return between ? rolled(y, between, b, q) : y;
  },
  emits: [
    { op: 'Split', since: 2 },
    { op: 'Concat', since: 4 },
  ],
  exactness: 'exact',
  phase: 'normalize',
  exporters: ['torch.onnx: roll, of shifted windows'],
  traps: ['parts of two values', 'parts in their order, which is not a roll', 'another axis'],
  instances: [
    {
      model: `(float[2,8,3] x) => (float[2,8,3] y) <int64[2] s = {3, 5}, int64[2] t = {4, 4}> {
        a, b = Split <axis = 1> (x, s) c = Concat <axis = 1> (b, a)
        d, e = Split <axis = 1> (c, t) f = Concat <axis = -2> (e, d) y = Neg (f) }`,
    },
    {
      model: `(float[2,8,6] x) => (float[2,8,6] y) <int64[2] s = {3, 5}, int64[2] t = {2, 4}, int64[2] u = {5, 3}> {
        a, b = Split <axis = 1> (x, s) c = Concat <axis = 1> (b, a)
        d, e = Split <axis = 2> (c, t) f = Concat <axis = 2> (e, d)
        g, h = Split <axis = 1> (f, u) i = Concat <axis = 1> (h, g) y = Neg (i) }`,
    },
  ],
});

export const mergeRolls: Pass = passOf(merge, 'merge and cancel rolls along one axis');
