import { sameType } from '@refold/ir';
import { op, type Rule, rule } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { REMOVAL } from '../support/benefit.ts';
import { firstOfChain, nextInChain } from '../support/chain.ts';

/** Identity(x) = x, for every kind of value. Chains go in one step, from their end. */
const identity: Rule = rule({
  name: 'identities/identity',
  doc: 'Identity(x) = x',
  match: op('Identity', ['x']),
  at: (node) => !nextInChain(node, ['Identity']),
  build: ({ $node }) => {
    const first = firstOfChain($node, ['Identity']);
    const [x] = first.inputs;
    return first === $node || sameType(x?.type, $node.outputs[0]?.type) ? x : first.outputs[0];
  },
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  benefit: REMOVAL,
});

/** Variadic operators of one operand. */
const single: Rule = rule({
  name: 'identities/identity.single',
  doc: 'Sum(x) = Mean(x) = Max(x) = Min(x) = Concat(x) = x',
  match: op(['Sum', 'Mean', 'Max', 'Min', 'Concat'], ['x']),
  at: (node) => node.inputs.length === 1,
  build: (m) => m.x,
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  benefit: REMOVAL,
});

export const removeIdentity: Pass = rulePass({
  name: 'identities/identity',
  summary: 'remove Identity and variadic operators of one operand',
  rules: [identity, single],
});
