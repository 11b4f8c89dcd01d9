import { commutative, op, product, type Rule, rule, sum, value } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { checkEpsilon, checkParameter, parameterFor } from './parameters.ts';
import { centred, inverseRoot, meanOf, x } from './parts.ts';

const mean = meanOf(x);
const factor = commutative('Mul', [product([inverseRoot(centred(x))]), value('scale')]);

const layerNormSpread: Rule = rule({
  name: 'norm/layer-norm-spread',
  doc: 'x k + (bias - mean(x) k) = LayerNormalization(x, scale, bias), where k = scale / sqrt(mean((x - mean(x))^2) + epsilon)',
  match: sum([product([x, factor]), value('bias'), op('Neg', [product([mean, factor])])]),
  guard: (m, q) => {
    const verdicts = [
      checkEpsilon(m),
      checkParameter(m.scale, 'scale', m, q),
      checkParameter(m.bias, 'bias', m, q),
    ] as const;
    return verdicts.find((v) => !v.ok) ?? verdicts[0];
  },
  build: (m, b, q) =>
    b.node('LayerNormalization', [m.x, parameterFor(m.scale, m, b, q), parameterFor(m.bias, m, b, q)], {
      axis: -m.axes.length,
      epsilon: Number(m.epsilon.splat),
    }),
  emits: [{ op: 'LayerNormalization', since: 17 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['tf2onnx: batch_normalization with statistics of its own input'],
  traps: ['Those of norm/layer-norm.', 'The factor of x and that of its mean must be one.'],
  instances: [
    {
      shapes: { x: ['N', 'T', 8], scale: [8], bias: [8], epsilon: [] },
      values: { axes: [2], epsilon: [1e-5] },
      opset: 17,
    },
  ],
});

export const foldLayerNormSpread: Pass = passOf(
  layerNormSpread,
  'fold a LayerNormalization whose product is multiplied out back',
);
