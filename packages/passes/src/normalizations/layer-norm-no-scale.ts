import { product, type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { checkEpsilon, ones } from './parameters.ts';
import { centred, inverseRoot, x } from './parts.ts';

const deviation = centred(x);

const layerNormNoScale: Rule = rule({
  name: 'norm/layer-norm-no-scale',
  doc: 'd / sqrt(mean(d^2) + epsilon) = LayerNormalization(x, 1), where d = x - mean(x)',
  match: product([deviation, inverseRoot(deviation)]),
  guard: checkEpsilon,
  build: (m, b, q) =>
    b.node('LayerNormalization', [m.x, ones(m, b, q)], {
      axis: -m.axes.length,
      epsilon: Number(m.epsilon.splat),
    }),
  emits: [{ op: 'LayerNormalization', since: 17 }],
  exactness: 'reassociate',
  // After all rules that know what to do with a scale.
  phase: 'lower',
  grows: true,
  decreases: 'nodes',
  exporters: ['torch.onnx: layer_norm without parameters', 'diffusion transformers'],
  traps: ['Those of norm/layer-norm.', 'A scale of ones needs the sizes of the normalized axes.'],
  instances: [
    { shapes: { x: ['N', 'T', 8], epsilon: [] }, values: { axes: [2], epsilon: [1e-5] }, opset: 17 },
  ],
});

export const foldLayerNormNoScale: Pass = passOf(
  layerNormNoScale,
  'fold a decomposed LayerNormalization without scale back',
);
