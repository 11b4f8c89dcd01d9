import { op, product, type Rule, rule, sum } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { x } from './parts.ts';

const softsign: Rule = rule({
  name: 'act/softsign',
  doc: 'x / (1 + Abs(x)) = Softsign(x)',
  match: product([x, op('Reciprocal', [sum([1, op('Abs', [x])])])]),
  build: (m, b) => b.node('Softsign', [m.x]),
  emits: [{ op: 'Softsign', since: 1 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torch.onnx, both exporters', 'the function body of Softsign'],
  traps: ['The magnitude of another value.'],
  instances: [{ shapes: { x: ['A', 'B'] } }],
});

export const foldSoftsign: Pass = passOf(softsign, 'fold x / (1 + Abs(x)) into Softsign');
