import { sameType } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { firstOfChain, nextInChain } from '../support/chain.ts';
import { nodeRule } from '../support/node-rule.ts';

/** Identity(x) = x, for every kind of value. */
const identity = nodeRule({
  name: 'identities/identity',
  doc: 'Identity(x) = x',
  ops: 'Identity',
  exactness: 'exact',
  at: (node) => !nextInChain(node, ['Identity']),
  rewrite: (node) => {
    const first = firstOfChain(node, ['Identity']);
    const [x] = first.inputs;
    return first === node || sameType(x?.type, node.outputs[0]?.type) ? x : first.outputs[0];
  },
});

/** Variadic operators of one operand: Sum(x) = x, Concat(x) = x. */
const single = nodeRule({
  name: 'identities/identity.single',
  doc: 'Sum(x) = Mean(x) = Max(x) = Min(x) = Concat(x) = x',
  ops: ['Sum', 'Mean', 'Max', 'Min', 'Concat'],
  exactness: 'exact',
  rewrite: (node) => (node.inputs.length === 1 ? node.inputs[0] : undefined),
});

export const removeIdentity: Pass = rulePass({
  name: 'identities/identity',
  summary: 'remove Identity and variadic operators of one operand',
  rules: [identity, single],
});
