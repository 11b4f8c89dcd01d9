import { constantTensor, tensorInts } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf } from '../support/view.ts';

const at = nodeRule({
  name: 'control/sequence',
  doc: 'SequenceAt(SequenceConstruct(a, b, ...), i) = the i-th of them, for constant i',
  ops: 'SequenceAt',
  over: ['SequenceConstruct'],
  exactness: 'exact',
  rewrite: (node) => {
    const items = producerOf(node.inputs[0], 'SequenceConstruct')?.inputs;
    const index = node.inputs[1] && constantTensor(node.inputs[1]);
    if (!items || index?.size !== 1) return undefined;
    const i = Number(tensorInts(index)[0]);
    return items[i < 0 ? i + items.length : i];
  },
});

export const forwardSequences: Pass = rulePass({
  name: 'control/sequence',
  summary: 'read the elements of a constructed sequence directly',
  rules: [at],
});
