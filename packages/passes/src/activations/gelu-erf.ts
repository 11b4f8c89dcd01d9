import { type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { byErf } from './gelu-parts.ts';
import { near } from './parts.ts';

const geluErf: Rule = rule({
  name: 'act/gelu-erf',
  doc: 'x / 2 (1 + erf(x / sqrt 2)) = Gelu(x)',
  match: byErf(near),
  build: (m, b) => b.node('Gelu', [m.x], { approximate: 'none' }),
  emits: [{ op: 'Gelu', since: 20 }],
  exactness: 'reassociate',
  benefit: 6,
  phase: 'fuse',
  exporters: ['torch.onnx, both exporters, before opset 20', 'transformers', 'JAX (by erfc)'],
  traps: [
    'sqrt 2 written as 1.4142 or 1.41 is another function: see act/gelu-erf-rounded.',
    'The argument of Erf and the factor may be different values.',
    'Constants of more dimensions than x give the result a higher rank.',
  ],
  instances: [{ shapes: { x: ['A', 'B'] }, opset: 20 }],
});

export const foldGeluErf: Pass = passOf(geluErf, 'fold x / 2 (1 + erf(x / sqrt 2)) into Gelu');
