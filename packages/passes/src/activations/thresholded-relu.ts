import { no, op, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { attributeOf } from '../support/float-types.ts';
import { passOf } from '../support/rule-pass.ts';
import { exceeds, scalar, x } from './parts.ts';

const thresholdedRelu: Rule = rule({
  name: 'act/thresholded-relu',
  doc: 'Where(x > alpha, x, 0) = ThresholdedRelu(x, alpha)',
  match: op('Where', [exceeds('above', x, scalar('alpha')), x, 0]),
  guard: (m) => (attributeOf(m.alpha) === undefined ? no('alpha', 'alpha') : yes),
  build: (m, b) => b.node('ThresholdedRelu', [m.x], { alpha: attributeOf(m.alpha) }),
  emits: [{ op: 'ThresholdedRelu', since: 10 }],
  exactness: 'exact',
  phase: 'fuse',
  exporters: ['torch.onnx: threshold', 'the function body of ThresholdedRelu'],
  traps: [
    'At the threshold itself the result is 0: not so with >=.',
    'Where(x <= alpha, 0, x) keeps NaN, ThresholdedRelu does not.',
    'A value other than 0 below the threshold.',
  ],
  instances: [{ shapes: { x: ['A', 'B'], alpha: [] }, values: { alpha: [0.5] }, opset: 10 }],
});

export const foldThresholdedRelu: Pass = passOf(
  thresholdedRelu,
  'fold a cut at a threshold into ThresholdedRelu',
);
