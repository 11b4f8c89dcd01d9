import { isFloat, type Node, splatOf } from '@refold/ir';
import { commutative, constant, constantOf, no, oneOf, op, type Rule, rule, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { REMOVAL } from '../support/benefit.ts';
import { zeroSignMatters } from '../support/zero-sign.ts';

/** A quick test: whether one of the operands is a constant of this number. */
const reads =
  (number: number) =>
  (node: Node): boolean =>
    node.inputs.some((value) => {
      const tensor = value && constantOf(value);
      return tensor !== undefined && Number(splatOf(tensor)) === number;
    });

/** x + -0 is x for every x; x + +0 turns -0 into +0, which only matters where its sign shows. */
const addZero: Rule = rule({
  name: 'identities/arithmetic.add-zero',
  doc: 'x + 0 = x',
  at: reads(0),
  match: commutative('Add', ['x', constant('zero')]),
  guard: (m, q) => {
    const zero = Number(m.zero.splat);
    if (zero !== 0) return no('not-zero', 'zero');
    const dtype = q.dtype(m.x);
    const harmless = dtype !== undefined && (!isFloat(dtype) || Object.is(zero, -0));
    return harmless || !zeroSignMatters(m.$root) ? yes : no('zero-sign-matters', 'x');
  },
  build: (m) => m.x,
  emits: [],
  exactness: 'reassociate',
  phase: 'normalize',
  benefit: REMOVAL,
  traps: ['a zero that widens x', '1 / (x + 0): the sign of zero shows'],
  instances: [{ values: { zero: 0 } }, { values: { zero: 0 }, dtype: 'int32' }],
});

const subZero: Rule = rule({
  name: 'identities/arithmetic.sub-zero',
  doc: 'x - 0 = x',
  at: reads(0),
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
  at: reads(1),
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

/** The larger of x and minus infinity, the smaller of x and infinity. */
const noBound = (name: string, op: 'Max' | 'Min', bound: number): Rule =>
  rule({
    name: `identities/arithmetic.${name}`,
    doc: `${op}(x, ${bound < 0 ? '-inf' : 'inf'}) = x`,
    at: reads(bound),
    match: commutative(op, ['x', constant('bound')]),
    guard: (m) => (m.bound.splat === bound ? yes : no('a-bound', 'bound')),
    build: (m) => m.x,
    emits: [],
    exactness: 'exact',
    phase: 'normalize',
    // A Max of x alone is x before anything else.
    benefit: REMOVAL - 1,
    traps: ['a bound that widens x', 'the largest finite number: infinity is larger'],
    instances: [{ values: { bound } }],
  });

export const removeNeutral: Pass = rulePass({
  name: 'identities/arithmetic',
  summary: 'remove additions of 0, multiplications by 1, bounds that are infinite and the like',
  rules: [
    addZero,
    subZero,
    timesOne,
    logic,
    noBound('no-lower-bound', 'Max', Number.NEGATIVE_INFINITY),
    noBound('no-upper-bound', 'Min', Number.POSITIVE_INFINITY),
  ],
});
