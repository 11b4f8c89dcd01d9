import { oneOf, op, product, type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { factored, polynomial } from './gelu-parts.ts';
import { x32 as x } from './parts.ts';

const geluSigmoidTanh: Rule = rule({
  name: 'act/gelu-sigmoid-tanh',
  doc: 'x Sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)) = Gelu(x, approximate = tanh)',
  match: product([x, op('Sigmoid', [oneOf('argument', { sum: polynomial(2), product: factored(2) })])]),
  build: (m, b) => b.node('Gelu', [m.x], { approximate: 'tanh' }),
  emits: [{ op: 'Gelu', since: 20 }],
  exactness: 'reassociate',
  benefit: 3,
  phase: 'fuse',
  exporters: ['sources that write (1 + tanh u) / 2 as the sigmoid of 2 u'],
  traps: ['Without the cube it is the quick Gelu: act/quick-gelu.'],
  instances: [{ shapes: { x: ['A', 'B'] }, opset: 20 }],
});

export const foldGeluSigmoidTanh: Pass = passOf(
  geluSigmoidTanh,
  'fold the tanh form of Gelu, written by Sigmoid, back',
);
