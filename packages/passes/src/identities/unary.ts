import { any, oneOf, op, type Rule, rule } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { firstOfChain, nextInChain } from '../support/chain.ts';

/** Not(Not(x)) = x; Neg(Neg(x)) = x, for integers too, since negation wraps both times. */
const involution: Rule = rule({
  name: 'identities/unary.involution',
  doc: 'Neg(Neg(x)) = x, Not(Not(x)) = x, BitwiseNot(BitwiseNot(x)) = x',
  match: oneOf('f', {
    neg: op('Neg', [op('Neg', ['x'])]),
    not: op('Not', [op('Not', ['x'])]),
    bitwiseNot: op('BitwiseNot', [op('BitwiseNot', ['x'])]),
  }),
  build: (m) => m.x,
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  instances: [
    { choices: { f: 'neg' } },
    { choices: { f: 'not' }, dtype: 'bool' },
    { choices: { f: 'bitwiseNot' }, dtype: 'int32', opset: 18 },
  ],
});

const integral = ['Ceil', 'Floor', 'Round'];

/** The operators that change nothing on the results of an operator, and the other way round. */
function alike(opType: string): readonly string[] {
  return integral.includes(opType) ? integral : [opType];
}

/** Operators that change nothing on their own results. Chains go in one step, from their end. */
const idempotent: Rule = rule({
  name: 'identities/unary.idempotent',
  doc: 'f(f(x)) = f(x) for Relu, Abs, Sign; Ceil, Floor and Round of each other',
  match: oneOf('f', {
    relu: op('Relu', [op('Relu', [any])]),
    abs: op('Abs', [op('Abs', [any])]),
    sign: op('Sign', [op('Sign', [any])]),
    integral: op(integral, [op(integral, [any])]),
  }),
  at: (node) => !nextInChain(node, alike(node.opType)),
  build: ({ $node }) => firstOfChain($node, alike($node.opType)).outputs[0],
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
});

export const simplifyUnary: Pass = rulePass({
  name: 'identities/unary',
  summary: 'remove pairs of operators that undo each other or repeat themselves',
  rules: [involution, idempotent],
});
