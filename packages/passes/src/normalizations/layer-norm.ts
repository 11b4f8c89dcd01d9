import { product, type Rule, rule, value } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { checkScaled, layerNormalization } from './parameters.ts';
import { centred, inverseRoot, x } from './parts.ts';

const deviation = centred(x);

const layerNorm: Rule = rule({
  name: 'norm/layer-norm',
  doc: 'd / sqrt(mean(d^2) + epsilon) * scale = LayerNormalization(x, scale), where d = x - mean(x)',
  match: product([deviation, inverseRoot(deviation), value('scale')]),
  guard: checkScaled,
  build: layerNormalization,
  emits: [{ op: 'LayerNormalization', since: 17 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torch.onnx by TorchScript before opset 17', 'tf2onnx', 'hand-written sources'],
  traps: [
    'Means over other axes than the trailing ones, or over two sets of axes.',
    'mean(x) - x in the numerator, and powers other than 2.',
    'An epsilon that a caller may override, that differs by channel, or that stands outside the root.',
    'A scale that is not a row of the normalized axes: one number, one a group, one a channel.',
    'The operator adds a bias after: norm/layer-norm-add.',
  ],
  instances: [
    {
      shapes: { x: ['N', 'T', 8], scale: [8], epsilon: [] },
      values: { axes: [2], epsilon: [1e-5] },
      opset: 17,
    },
    {
      shapes: { x: ['N', 3, 4], scale: [3, 4], epsilon: [] },
      values: { axes: [1, 2], epsilon: [1e-3] },
      opset: 18,
    },
  ],
});

export const foldLayerNorm: Pass = passOf(layerNorm, 'fold a decomposed LayerNormalization back');
