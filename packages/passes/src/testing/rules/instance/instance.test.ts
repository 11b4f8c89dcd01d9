import { printModel, verifyModel } from '@refold/ir';
import {
  any,
  commutative,
  compile,
  constant,
  type InstanceHint,
  list,
  named,
  num,
  oneOf,
  op,
  optional,
  type Pat,
  permuted,
  product,
  repeat,
  reshaped,
  roots,
  rule,
  sum,
  through,
  value,
} from '@refold/matcher';
import { Random } from '@refold/runtime';
import { expect, test } from 'vitest';
import { Cases } from '../cases.ts';
import { NoInstance } from '../no-instance.ts';

const RUNS = Number(process.env.REFOLD_RULE_RUNS ?? 0) * 20 || 60;
const x = value('x', { dtype: 'float' });
const erf = op('Erf', [product([x, num(Math.SQRT1_2, { ulp: 4 })])]);
const d = sum([
  x,
  op('Neg', [op('ReduceMean', [x], { params: { axes: { axes: 'last' }, keepdims: true } })]),
]);

const patterns: Readonly<Record<string, readonly [Pat, InstanceHint?]>> = {
  'a product of three': [product([x, value('y'), 0.5])],
  'a product with a sum in it': [product([x, 0.5, sum([erf, 1])])],
  'a quotient': [
    product([x, op('Reciprocal', [op('Sqrt', [sum([value('v'), constant('e', { splat: true })])])])]),
  ],
  'a square': [product([x, x, value('y')])],
  'a cube, and a sum with a factor': [sum([x, product([num(0.044715, { ulp: 4 }), op('Pow', [x, 3])])])],
  'a sum that takes away': [sum([x, op('Neg', [value('y')]), 2])],
  'a sum with a rest': [sum([op('Relu', [x]), 3], { rest: 'others' })],
  'a product with a constant': [product([op('Tanh', [x]), constant('k', { splat: true })])],
  'parts that are shared': [
    product([d, op('Sqrt', [op('ReduceSum', [product([d, d])], { params: { keepdims: true } })])]),
  ],
  alternatives: [oneOf('form', { a: op('Relu', [x]), b: commutative('Max', [x, 0]) })],
  'something optional': [
    optional('hasBias', op('MatMul', [x, value('w')]), (n) => commutative('Add', [n, 'b'])),
    { shapes: { x: ['A', 'B'], w: ['B', 'C'], b: ['C'] } },
  ],
  'nodes in between': [op('Exp', [through(['Identity', 'Dropout'], op('Neg', [x]))])],
  'a chain': [
    repeat((inner) => commutative('Add', [op('Relu', [inner]), value('k')]), op('Tanh', [x]), { min: 1 }),
  ],
  'a list': [
    op('Concat', [list('all', op('Relu', [any]), { min: 2 })], { params: { axis: 1 } }),
    { shapes: {} },
  ],
  'moved axes': [op('Exp', [permuted('...ij->...ji', op('Neg', [value('x', { rank: 3 })]))])],
  'any order of axes': [op('Exp', [permuted({ capture: 'order' }, op('Neg', [value('x', { rank: 3 })]))])],
  'another shape': [
    op('Exp', [reshaped('B S (H D) -> B S H D', op('Neg', [x]))]),
    { shapes: { x: ['B', 'S', 'H*D'] }, dims: { H: 2 } },
  ],
  'several roots': [
    roots({ a: op('MatMul', [x, value('p')]), b: op('MatMul', [x, value('q')]) }),
    { shapes: { x: ['A', 'B'], p: ['B', 'C'], q: ['B', 'C'] } },
  ],
  'a parameter as attribute or operand': [op('Clip', [op('Relu', [x])], { params: { min: 0, max: 6 } })],
  'the node itself': [
    named(
      'n',
      op('ReduceMax', [x], { params: { axes: { axes: 'trailing', capture: 'axes' }, keepdims: false } }),
    ),
  ],
  'a size that stands twice': [
    op('MatMul', [value('a', { dims: ['B', 'N', 'N'] }), value('b', { dims: ['N', 'K'] })]),
  ],
};

test.for(Object.entries(patterns))('every spelling of %s matches', ([name, [match, hint]]) => {
  const own = rule({
    name: 'r',
    doc: name,
    match,
    build: (m) => m.$root,
    exactness: 'exact',
    phase: 'normalize',
  });
  const cases = new Cases(own, hint ? { instances: [hint] } : {});
  const rules = compile([own]);
  const random = new Random(3);
  let tried = 0;
  for (let i = 0; i < RUNS; i += 1) {
    const decisions = Array.from({ length: 160 }, () => random.bits());
    try {
      const { model } = cases.draw(decisions);
      if (verifyModel(model).length > 0) continue;
      tried += 1;
      const found = [...model.graphs()].flatMap((graph) => [...rules.find(graph)]);
      expect(found.length, printModel(model)).toBeGreaterThan(0);
    } catch (error) {
      if (!(error instanceof NoInstance)) throw error;
    }
  }
  expect(tried).toBeGreaterThan(RUNS / 3);
});
