import { op, product, type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { softplus, x } from './parts.ts';

const mish: Rule = rule({
  name: 'act/mish',
  doc: 'x Tanh(Softplus(x)) = Mish(x)',
  match: product([x, op('Tanh', [softplus(x)])]),
  build: (m, b) => b.node('Mish', [m.x]),
  emits: [{ op: 'Mish', since: 18 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torch.onnx by TorchScript', 'YOLOv4'],
  traps: [
    'Where Log(1 + Exp(x)) overflows Tanh gives 1 all the same, so its parts may stand for Softplus here.',
    'x Tanh(Softplus(y)) of two values.',
  ],
  instances: [{ shapes: { x: ['A', 'B'] }, opset: 18 }],
});

export const foldMish: Pass = passOf(mish, 'fold x Tanh(Softplus(x)) into Mish');
