import { isFloat } from '@refold/ir';
import { commutative, no, num, oneOf, op, type Rule, rule, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { REMOVAL } from '../support/benefit.ts';
import { zeroSignMatters } from '../support/zero-sign.ts';

/** x + -0 is x for every x; x + +0 turns -0 into +0, which only matters where its sign shows. */
const addZero: Rule = rule({
  name: 'identities/arithmetic.add-zero',
  doc: 'x + 0 = x',
  match: commutative('Add', ['x', oneOf('zero', { positive: num(0), negative: num(-0) })]),
  guard: (m, q) => {
    const dtype = q.dtype(m.x);
    const harmless = dtype !== undefined && (!isFloat(dtype) || m.zero === 'negative');
    return harmless || !zeroSignMatters(m.$root) ? yes : no('zero-sign-matters', 'x');
  },
  build: (m) => m.x,
  emits: [],
  exactness: 'reassociate',
  phase: 'normalize',
  benefit: REMOVAL,
  traps: ['a zero that widens x', '1 / (x + 0): the sign of zero shows'],
});

const subZero: Rule = rule({
  name: 'identities/arithmetic.sub-zero',
  doc: 'x - 0 = x',
  match: op('Sub', ['x', 0]),
  build: (m) => m.x,
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  benefit: REMOVAL,
  traps: ['x - -0 turns -0 into +0', 'a zero that widens x'],
});

const timesOne: Rule = rule({
  name: 'identities/arithmetic.times-one',
  doc: 'x * 1 = x, x / 1 = x, x ^ 1 = x',
  match: oneOf('f', {
    times: commutative('Mul', ['x', 1]),
    over: op('Div', ['x', 1]),
    power: op('Pow', ['x', 1]),
  }),
  build: (m) => m.x,
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  benefit: REMOVAL,
  traps: ['a one that widens x'],
});

const logic: Rule = rule({
  name: 'identities/arithmetic.logic',
  doc: 'And(x, true) = x, Or(x, false) = x, Xor(x, false) = x',
  match: oneOf('f', {
    and: commutative('And', ['x', 1]),
    or: commutative(['Or', 'Xor'], ['x', 0]),
  }),
  build: (m) => m.x,
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  benefit: REMOVAL,
  traps: ['a constant that widens x'],
});

export const removeNeutral: Pass = rulePass({
  name: 'identities/arithmetic',
  summary: 'remove additions of 0, multiplications by 1 and the like',
  rules: [addZero, subZero, timesOne, logic],
});
