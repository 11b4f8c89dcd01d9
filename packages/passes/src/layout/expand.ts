import {
  broadcastingOperators,
  broadcastShapes,
  type Node,
  type Shape,
  sameShape,
  shapeOf,
  type Value,
} from '@refold/ir';
import { any, no, oneOf, op, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';

const broadcasting: readonly string[] = [...broadcastingOperators];

const expanded = op('Expand', ['x'], { extraInputs: 'allow' });

/** The operands of a match, with `x` in the place of its Expand. */
function operandsOf(m: { readonly x: Value; readonly place: string; readonly $node: Node }) {
  const index = places.indexOf(m.place);
  return m.$node.inputs.map((v, i) => (i === index ? m.x : v));
}

const places: readonly string[] = ['first', 'second', 'third'];

/** The shape of a result of operands that broadcast. */
function broadcastShape(operands: readonly (Value | undefined)[]): Shape | undefined {
  const [first, ...others] = operands.map(shapeOf);
  let shape = first;
  for (const other of others) shape = shape && other && broadcastShapes(shape, other);
  return shape;
}

/** Operators that broadcast by themselves need no Expand, as long as the shape of the result stays. */
const before: Rule = rule({
  name: 'layout/expand',
  doc: 'f(Expand(x), y) = f(x, y), when x and y broadcast to the same shape',
  match: oneOf('place', {
    first: op(broadcasting, [expanded], { extraInputs: 'allow' }),
    second: op(broadcasting, [any, expanded], { extraInputs: 'allow' }),
    third: op('Where', [any, any, expanded]),
  }),
  guard: (m) => {
    const stays = sameShape(broadcastShape(operandsOf(m)), shapeOf(m.$root));
    return stays === 'yes' ? yes : no('shape-changes', 'x');
  },
  build: (m, b) => b.node(m.$node.opType, operandsOf(m), Object.fromEntries(m.$node.attributes)),
  emits: broadcasting.map((name) => ({ op: name, since: 1 })),
  exactness: 'exact',
  phase: 'normalize',
  // What folds the whole operator away comes first.
  benefit: 1.5,
  keep: 'allowed',
  decreases: 'depth',
  exporters: ['torch.onnx by TorchScript: normalize, expand_as'],
  traps: ['an Expand that gives the result its shape', 'sizes of the other operand that may be 1'],
  instances: [
    {
      model:
        '(float[1,3] x, float[4,3] z) => (float[4,3] y) <int64[2] s = {4,3}> { a = Expand (x, s) y = Sub (a, z) }',
    },
    {
      model:
        '(float[4,3] z, float[1,3] x) => (float[4,3] y) <int64[2] s = {4,3}> { a = Expand (x, s) y = Pow (z, a) }',
    },
    {
      model:
        '(bool[4,3] c, float[4,3] z, float[3] x) => (float[4,3] y) <int64[2] s = {4,3}> { a = Expand (x, s) y = Where (c, z, a) }',
    },
  ],
});

export const dropExpand: Pass = passOf(before, 'drop Expand before operators that broadcast by themselves');
