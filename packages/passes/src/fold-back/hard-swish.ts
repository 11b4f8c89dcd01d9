import { commutative, oneOf, op, type Rule, rule, value } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';

const x = value('x', { dtype: 'float' });

/** relu6(x + 3). */
const gate = op('Clip', [commutative('Add', [x, 3])], { params: { min: 0, max: 6 } });

const written: Rule = rule({
  name: 'fold-back/hard-swish',
  doc: 'x * Clip(x + 3, 0, 6) / 6 = HardSwish(x)',
  match: oneOf('order', {
    last: op('Div', [commutative('Mul', [x, gate]), 6]),
    inner: commutative('Mul', [x, op('Div', [gate, 6])]),
  }),
  build: (m, b) => b.node('HardSwish', [m.x]),
  emits: [{ op: 'HardSwish', since: 14 }],
  exactness: 'reassociate',
  phase: 'fuse',
});

const sigmoid: Rule = rule({
  name: 'fold-back/hard-swish.hard-sigmoid',
  doc: 'x * HardSigmoid(x, 1/6, 1/2) = HardSwish(x)',
  match: commutative('Mul', [x, op('HardSigmoid', [x], { params: { alpha: 1 / 6, beta: 0.5 } })]),
  build: (m, b) => b.node('HardSwish', [m.x]),
  emits: [{ op: 'HardSwish', since: 14 }],
  exactness: 'reassociate',
  phase: 'fuse',
});

export const foldHardSwish: Pass = rulePass({
  name: 'fold-back/hard-swish',
  summary: 'fold a decomposed HardSwish back',
  rules: [written, sigmoid],
});
