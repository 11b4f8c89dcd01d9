import { commutative, oneOf, op, product, type Rule, rule, sum, value } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { checkScaled, layerNormalization } from './parameters.ts';
import { epsilon, meanOf, x } from './parts.ts';

const mean = meanOf(x);
const meanSquare = meanOf(product([x, x]));
const squaredMean = op('Neg', [product([mean, mean])]);
const variance = oneOf('variance', {
  plain: sum([meanSquare, squaredMean, epsilon]),
  clamped: sum([commutative('Max', [sum([meanSquare, squaredMean]), 0]), epsilon]),
});

const layerNormMeanSq: Rule = rule({
  name: 'norm/mean-sq',
  doc: '(x - mean(x)) / sqrt(mean(x^2) - mean(x)^2 + epsilon) * scale = LayerNormalization(x, scale) but for cancellation',
  match: product([sum([x, op('Neg', [mean])]), op('Reciprocal', [op('Sqrt', [variance])]), value('scale')]),
  guard: checkScaled,
  build: layerNormalization,
  emits: [{ op: 'LayerNormalization', since: 17 }],
  exactness: 'approximate',
  phase: 'fuse',
  exporters: ['Flax', 'TensorFlow sources with one pass over the data'],
  traps: ['Where the mean is large against the deviation the difference of squares loses all digits.'],
  instances: [
    {
      shapes: { x: ['N', 'T', 8], scale: [8], epsilon: [] },
      values: { axes: [2], epsilon: [1e-5] },
      opset: 17,
    },
  ],
});

export const foldLayerNormMeanSq: Pass = passOf(
  layerNormMeanSq,
  'fold a LayerNormalization whose variance is a difference of squares back',
);
