import { type Pass, rulePass } from '../manager/pass.ts';
import { firstOfChain, nextInChain } from '../support/chain.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf } from '../support/view.ts';

/** Not(Not(x)) = x; Neg(Neg(x)) = x, for integers too, since negation wraps both times. */
const involution = nodeRule({
  name: 'identities/unary.involution',
  doc: 'Neg(Neg(x)) = x, Not(Not(x)) = x, BitwiseNot(BitwiseNot(x)) = x',
  ops: ['Neg', 'Not', 'BitwiseNot'],
  exactness: 'exact',
  rewrite: (node) => producerOf(node.inputs[0], node.opType)?.inputs[0],
});

const integral = ['Ceil', 'Floor', 'Round'];

/** The operators that change nothing on the results of an operator, and the other way round. */
function alike(opType: string): readonly string[] {
  return integral.includes(opType) ? integral : [opType];
}

/** Operators that change nothing on their own results. */
const idempotent = nodeRule({
  name: 'identities/unary.idempotent',
  doc: 'f(f(x)) = f(x) for Relu, Abs, Sign; Ceil, Floor and Round of each other',
  ops: ['Relu', 'Abs', 'Sign', ...integral],
  exactness: 'exact',
  at: (node) => !nextInChain(node, alike(node.opType)),
  rewrite: (node) => {
    const first = firstOfChain(node, alike(node.opType));
    return first === node ? undefined : first.outputs[0];
  },
});

export const simplifyUnary: Pass = rulePass({
  name: 'identities/unary',
  summary: 'remove pairs of operators that undo each other or repeat themselves',
  rules: [involution, idempotent],
});
