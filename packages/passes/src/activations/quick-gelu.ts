import { no, op, product, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { attributeOf } from '../support/float-types.ts';
import { passOf } from '../support/rule-pass.ts';
import { scalar, x } from './parts.ts';

const quickGelu: Rule = rule({
  name: 'act/quick-gelu',
  doc: 'x Sigmoid(alpha x) = Swish(x, alpha)',
  match: product([x, op('Sigmoid', [product([x, scalar('alpha')])])]),
  guard: (m) => (attributeOf(m.alpha) === undefined ? no('alpha', 'alpha') : yes),
  build: (m, b) => b.node('Swish', [m.x], { alpha: attributeOf(m.alpha) }),
  emits: [{ op: 'Swish', since: 24 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torch.onnx, both exporters', 'CLIP: alpha = 1.702'],
  traps: ['The gate may be of another value than the factor.', 'alpha may differ by channel.'],
  instances: [
    { shapes: { x: ['A', 'B'], alpha: [] }, values: { alpha: [1.75] }, opset: 24 },
    { shapes: { x: ['A', 'B'], alpha: [] }, values: { alpha: [1.702] }, dtype: 'float32', opset: 24 },
  ],
});

export const foldQuickGelu: Pass = passOf(quickGelu, 'fold x Sigmoid(alpha x) into Swish');
