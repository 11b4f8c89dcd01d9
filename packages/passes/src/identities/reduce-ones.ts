import { isFloat, type Node, shapeOf, type Value } from '@refold/ir';
import { no, op, type Query, type Rule, rule, yes } from '@refold/matcher';
import { withAxes } from '../layout/unsqueeze-chain.ts';
import type { Pass } from '../manager/pass.ts';
import { REMOVAL } from '../support/benefit.ts';
import { passOf } from '../support/rule-pass.ts';
import { viewFlag, viewInts } from '../support/view.ts';
import { zeroSignMatters } from '../support/zero-sign.ts';

/** Reductions of which one element is its own result, bit for bit. */
const reduces = ['ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSum'];

/** Sums start from +0, so the sum of -0 alone is +0. */
const sums = ['ReduceMean', 'ReduceSum'];

/** The reduced axes, when all have length 1. */
function onesOf(node: Node): readonly number[] | undefined {
  const axes = viewInts(node, 'axes');
  const shape = shapeOf(node.inputs[0]);
  if (!axes || !shape || axes.length === 0) return undefined;
  return axes.every((axis) => axis >= 0 && shape[axis] === 1) ? axes : undefined;
}

/** Whether the sign of a zero may get lost, and show. */
function losesSign(m: { readonly x: Value; readonly $node: Node; readonly $root: Value }, q: Query): boolean {
  const dtype = q.dtype(m.x);
  const mayBeZero = dtype === undefined || isFloat(dtype);
  return sums.includes(m.$node.opType) && mayBeZero && zeroSignMatters(m.$root);
}

const reduceOnes: Rule = rule({
  name: 'identities/reduce-ones',
  doc: 'ReduceSum(x, axes of length 1) = x, or Squeeze(x, axes) without keepdims; Max, Mean, Min and Prod alike',
  match: op(reduces, ['x']),
  at: (node) => onesOf(node) !== undefined,
  guard: (m, q) => (losesSign(m, q) ? no('zero-sign-matters', 'x') : yes),
  build: (m, b, q) =>
    viewFlag(m.$node, 'keepdims') === true ? m.x : withAxes('Squeeze', m.x, onesOf(m.$node) ?? [], b, q),
  emits: [{ op: 'Squeeze', since: 1 }],
  exactness: 'reassociate',
  phase: 'normalize',
  benefit: REMOVAL,
  decreases: 'arithmetic',
  traps: ['reductions with a square or a logarithm in them', '1 / ReduceSum(-0): the sign of zero shows'],
  instances: [{ shapes: { x: [3, 1, 'N'] }, values: { axes: [1] } }],
});

export const removeReduceOnes: Pass = passOf(reduceOnes, 'remove reductions of axes of length 1');
