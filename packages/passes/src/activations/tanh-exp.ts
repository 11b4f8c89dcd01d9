import { op, product, type Rule, rule, sum } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { x } from './parts.ts';

const exponential = op('Exp', [product([x, 2])]);

const tanhExp: Rule = rule({
  name: 'act/tanh-exp',
  doc: '(Exp(2 x) - 1) / (Exp(2 x) + 1) = Tanh(x) but for overflow',
  match: product([sum([exponential, -1]), op('Reciprocal', [sum([exponential, 1])])]),
  build: (m, b) => b.node('Tanh', [m.x]),
  emits: [{ op: 'Tanh', since: 6 }],
  exactness: 'approximate',
  phase: 'fuse',
  exporters: ['hand-written sources'],
  traps: ['Where Exp overflows the quotient is NaN, and Tanh is 1.'],
  instances: [{ shapes: { x: ['A', 'B'] } }],
});

export const foldTanhExp: Pass = passOf(tanhExp, 'fold (Exp(2 x) - 1) / (Exp(2 x) + 1) into Tanh');
