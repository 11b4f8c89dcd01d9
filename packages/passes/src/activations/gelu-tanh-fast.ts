import { type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { byTanh, factored } from './gelu-parts.ts';

const geluTanhFast: Rule = rule({
  name: 'act/gelu-tanh-fast',
  doc: 'x / 2 (1 + tanh(sqrt(2 / pi) x (1 + 0.044715 x^2))) = Gelu(x, approximate = tanh)',
  match: byTanh(factored(1)),
  build: (m, b) => b.node('Gelu', [m.x], { approximate: 'tanh' }),
  emits: [{ op: 'Gelu', since: 20 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['transformers: gelu_fast'],
  traps: ['The square may be of another value than the factor.'],
  instances: [{ shapes: { x: ['A', 'B'] }, opset: 20 }],
});

export const foldGeluTanhFast: Pass = passOf(geluTanhFast, 'fold the factored tanh form of Gelu back');
