import { type Pass, rulePass } from '../manager/pass.ts';
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

/** Operators that change nothing on their own results. */
const idempotent = nodeRule({
  name: 'identities/unary.idempotent',
  doc: 'f(f(x)) = f(x) for Relu, Abs, Sign; Ceil, Floor and Round of each other',
  ops: ['Relu', 'Abs', 'Sign', ...integral],
  exactness: 'exact',
  rewrite: (node) => {
    const same = integral.includes(node.opType) ? integral : [node.opType];
    return producerOf(node.inputs[0], ...same) ? node.inputs[0] : undefined;
  },
});

export const simplifyUnary: Pass = rulePass({
  name: 'identities/unary',
  summary: 'remove pairs of operators that undo each other or repeat themselves',
  rules: [involution, idempotent],
});
