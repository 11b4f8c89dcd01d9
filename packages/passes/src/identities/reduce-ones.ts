import { isFloat, type Node } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { dtypeOf, shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { viewFlag, viewInts } from '../support/view.ts';
import { zeroSignMatters } from '../support/zero-sign.ts';

/** Reductions of which one element is its own result, bit for bit. */
const reduces = ['ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSum'];

/** The reduced axes, when all have length 1. */
function onesOf(node: Node): readonly number[] | undefined {
  const axes = viewInts(node, 'axes');
  const shape = shapeOf(node.inputs[0]);
  if (!axes || !shape || axes.length === 0) return undefined;
  return axes.every((axis) => axis >= 0 && shape[axis] === 1) ? axes : undefined;
}

/** Sums start from +0, so the sum of -0 alone is +0. */
const sums = ['ReduceMean', 'ReduceSum'];

const reduceOnes = nodeRule({
  name: 'identities/reduce-ones',
  doc: 'ReduceSum(x, axes of length 1) = x, or Squeeze(x, axes) without keepdims; Max, Mean, Min and Prod alike',
  ops: reduces,
  at: (node) => onesOf(node) !== undefined,
  exactness: 'reassociate',
  emits: [{ op: 'Squeeze', since: 1 }],
  decreases: 'arithmetic',
  rewrite: (node, b, q) => {
    const [x] = node.inputs;
    const axes = onesOf(node);
    const [output] = node.outputs;
    if (!x || !axes || !output) return undefined;
    const dtype = dtypeOf(x);
    if (sums.includes(node.opType) && (!dtype || isFloat(dtype)) && zeroSignMatters(output)) {
      return b.refuse('zero-sign-matters');
    }
    if (viewFlag(node, 'keepdims') === true) return x;
    return q.opset < 13 ? b.node('Squeeze', [x], { axes }) : b.node('Squeeze', [x, b.ints(axes, 'axes')]);
  },
});

export const removeReduceOnes: Pass = rulePass({
  name: 'identities/reduce-ones',
  summary: 'remove reductions of axes of length 1',
  rules: [reduceOnes],
});
