import { oneOf, op, product, type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { negative, onePlusExp, x } from './parts.ts';

const silu: Rule = rule({
  name: 'act/silu',
  doc: 'x Sigmoid(x) = x / (1 + Exp(-x)) = Swish(x)',
  match: oneOf('form', {
    product: product([x, op('Sigmoid', [x])]),
    quotient: product([x, op('Reciprocal', [onePlusExp(negative(x))])]),
  }),
  build: (m, b) => b.node('Swish', [m.x]),
  emits: [{ op: 'Swish', since: 24 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torch.onnx, both exporters, all opsets', 'transformers', 'timm', 'YOLO', 'EfficientNet'],
  traps: ['A gate of another value is a gated unit, not SiLU.'],
  instances: [{ shapes: { x: ['A', 'B'] }, opset: 24 }],
});

export const foldSilu: Pass = passOf(silu, 'fold x Sigmoid(x) into Swish');
