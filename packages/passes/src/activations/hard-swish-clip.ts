import { num, op, product, type Rule, rule, sum } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { near, x } from './parts.ts';

const hardSwishClip: Rule = rule({
  name: 'act/hard-swish-2',
  doc: 'x Clip(x + 3, 0, 6) / 6 = HardSwish(x)',
  match: product([x, num(1 / 6, near), op('Clip', [sum([x, 3])], { params: { min: 0, max: 6 } })]),
  build: (m, b) => b.node('HardSwish', [m.x]),
  emits: [{ op: 'HardSwish', since: 14 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['MobileNetV3 by hand: x * relu6(x + 3) / 6', 'timm'],
  traps: ['The gate may be of another value than the factor.', 'Other bounds.'],
  instances: [{ shapes: { x: ['A', 'B'] }, opset: 14 }],
});

export const foldHardSwishClip: Pass = passOf(hardSwishClip, 'fold x Clip(x + 3, 0, 6) / 6 into HardSwish');
