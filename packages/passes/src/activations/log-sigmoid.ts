import { op, type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { x } from './parts.ts';

const logSigmoid: Rule = rule({
  name: 'act/log-sigmoid',
  doc: 'Log(Sigmoid(x)) = -Softplus(-x), without the underflow to Log(0)',
  match: op('Log', [op('Sigmoid', [x])]),
  build: (m, b) => b.node('Neg', [b.node('Softplus', [b.node('Neg', [m.x])])]),
  emits: [
    { op: 'Neg', since: 6 },
    { op: 'Softplus', since: 1 },
  ],
  exactness: 'approximate',
  benefit: 3,
  phase: 'fuse',
  grows: true,
  decreases: 'logarithms',
  exporters: ['torch.onnx, both exporters: logsigmoid'],
  traps: ['Where Sigmoid underflows the logarithm is -infinity, and -Softplus(-x) is x.'],
  instances: [{ shapes: { x: ['A', 'B'] } }],
});

export const foldLogSigmoid: Pass = passOf(
  logSigmoid,
  'write Log(Sigmoid(x)) by Softplus, which does not underflow',
);
