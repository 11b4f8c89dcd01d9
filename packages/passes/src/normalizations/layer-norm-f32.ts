import { no, op, product, type Rule, rule, value } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { checkEpsilon, checkParameter, parameterFor } from './parameters.ts';
import { centred, inverseRoot, widened } from './parts.ts';

const deviation = centred(widened);

const layerNormF32: Rule = rule({
  name: 'norm/layer-norm-f32',
  doc: 'Cast(d / sqrt(mean(d^2) + epsilon)) * scale = LayerNormalization(x, scale), where d = f - mean(f), f = Cast(x)',
  match: product([op('Cast', [product([deviation, inverseRoot(deviation)])]), value('scale')]),
  guard: (m, q) => {
    if (q.dtype(m.$root) !== q.dtype(m.x)) return no('result-type', 'x');
    const verdict = checkEpsilon(m);
    return verdict.ok ? checkParameter(m.scale, 'scale', m, q) : verdict;
  },
  build: (m, b, q) =>
    b.node('LayerNormalization', [m.x, parameterFor(m.scale, m, b, q)], {
      axis: -m.axes.length,
      epsilon: Number(m.epsilon.splat),
      stash_type: 1,
    }),
  emits: [{ op: 'LayerNormalization', since: 17 }],
  exactness: 'reassociate',
  benefit: 7,
  phase: 'fuse',
  exporters: ['transformers in float16: statistics in float32'],
  traps: [
    'A scale in float32, before the cast back, is not a scale of this operator: norm/layer-norm takes what lies between the casts.',
    'Casts back to another type than that of x.',
  ],
  instances: [
    {
      shapes: { x: ['N', 'T', 8], scale: [8], epsilon: [] },
      values: { axes: [2], epsilon: [1e-5] },
      dtype: 'float16',
      opset: 17,
    },
  ],
});

export const foldLayerNormF32: Pass = passOf(
  layerNormF32,
  'fold a LayerNormalization of float16 in float32 back',
);
