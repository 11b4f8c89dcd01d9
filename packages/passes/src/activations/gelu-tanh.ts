import { type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { byTanh, polynomial } from './gelu-parts.ts';

const geluTanh: Rule = rule({
  name: 'act/gelu-tanh',
  doc: 'x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) = Gelu(x, approximate = tanh)',
  match: byTanh(polynomial(1)),
  build: (m, b) => b.node('Gelu', [m.x], { approximate: 'tanh' }),
  emits: [{ op: 'Gelu', since: 20 }],
  exactness: 'reassociate',
  benefit: 3,
  phase: 'fuse',
  exporters: ['torch.onnx, both exporters, before opset 20', 'transformers: gelu_new, gelu_pytorch_tanh'],
  traps: ['x^3 may be a power or products.', 'The cube may be of another value than the factor.'],
  instances: [{ shapes: { x: ['A', 'B'] }, opset: 20 }],
});

export const foldGeluTanh: Pass = passOf(geluTanh, 'fold the tanh form of Gelu back');
