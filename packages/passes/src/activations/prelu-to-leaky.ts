import { no, op, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { attributeOf } from '../support/float-types.ts';
import { passOf } from '../support/rule-pass.ts';
import { scalar, x } from './parts.ts';

const preluToLeaky: Rule = rule({
  name: 'act/prelu-to-leaky',
  doc: 'PRelu(x, alpha) = LeakyRelu(x, alpha) for one alpha',
  match: op('PRelu', [x, scalar('alpha')]),
  guard: (m) => (attributeOf(m.alpha) === undefined ? no('alpha', 'alpha') : yes),
  build: (m, b) => b.node('LeakyRelu', [m.x], { alpha: attributeOf(m.alpha) }),
  emits: [{ op: 'LeakyRelu', since: 6 }],
  exactness: 'exact',
  phase: 'fuse',
  exporters: ['torch.onnx: PReLU with one parameter'],
  traps: ['Slopes that differ.', 'Before opset 7 slopes did not broadcast by the rules of today.'],
  instances: [{ shapes: { x: ['A', 'B'], alpha: [1] }, values: { alpha: [0.25] } }],
});

export const foldPreluToLeaky: Pass = passOf(preluToLeaky, 'turn PRelu with one slope into LeakyRelu');
