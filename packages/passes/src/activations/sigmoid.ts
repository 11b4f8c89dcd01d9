import { op, product, type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { negative, onePlusExp, x } from './parts.ts';

const sigmoid: Rule = rule({
  name: 'act/sigmoid',
  doc: '1 / (1 + Exp(-x)) = Sigmoid(x)',
  match: product([op('Reciprocal', [onePlusExp(negative(x))])]),
  build: (m, b) => b.node('Sigmoid', [m.x]),
  emits: [{ op: 'Sigmoid', since: 6 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['hand-written sources', 'JAX: logistic'],
  traps: ['Exp(x) / (1 + Exp(x)) is NaN where Exp overflows.', 'A numerator other than 1.'],
  instances: [{ shapes: { x: ['A', 'B'] } }],
});

export const foldSigmoid: Pass = passOf(sigmoid, 'fold 1 / (1 + Exp(-x)) into Sigmoid');
