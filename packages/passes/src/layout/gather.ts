import { constantTensor, tensorInts, tensorOf } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf, viewNumber } from '../support/view.ts';

const chain = nodeRule({
  name: 'layout/gather',
  doc: 'Gather(Gather(x, i), j) = Gather(x, i[j]) along one axis, for constant indices',
  ops: 'Gather',
  over: ['Gather'],
  exactness: 'exact',
  emits: [{ op: 'Gather', since: 1 }],
  rewrite: (node, b) => {
    const inner = producerOf(node.inputs[0], 'Gather');
    const axis = viewNumber(node, 'axis');
    if (!inner || axis === undefined || axis < 0 || viewNumber(inner, 'axis') !== axis) return undefined;
    const first = inner.inputs[1] && constantTensor(inner.inputs[1]);
    const second = node.inputs[1] && constantTensor(node.inputs[1]);
    if (!first || !second || shapeOf(inner.inputs[1])?.length !== 1) return b.fail('indices-not-constant');
    const taken = tensorInts(first);
    const merged: (number | bigint)[] = [];
    for (const j of tensorInts(second)) {
      const i = taken[Number(j) < 0 ? Number(j) + taken.length : Number(j)];
      if (i === undefined) return b.fail('index-out-of-range');
      merged.push(i);
    }
    const indices = b.constant(tensorOf('int64', second.dims, merged), 'indices');
    return b.node('Gather', [inner.inputs[0], indices], { axis });
  },
});

export const mergeGathers: Pass = rulePass({
  name: 'layout/gather',
  summary: 'merge gathers that follow each other',
  rules: [chain],
});
