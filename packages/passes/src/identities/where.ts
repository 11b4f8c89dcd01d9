import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf } from '../support/view.ts';

const whereNot = nodeRule({
  name: 'identities/where.not',
  doc: 'Where(Not(c), a, b) = Where(c, b, a)',
  ops: 'Where',
  over: ['Not'],
  exactness: 'exact',
  emits: [{ op: 'Where', since: 9 }],
  decreases: 'depth',
  rewrite: (node, b) => {
    const condition = producerOf(node.inputs[0], 'Not')?.inputs[0];
    return condition && b.node('Where', [condition, node.inputs[2], node.inputs[1]]);
  },
});

export const simplifyWhere: Pass = rulePass({
  name: 'identities/where',
  summary: 'swap the branches of Where instead of negating its condition',
  rules: [whereNot],
});
