import { no, op, product, type Rule, rule, value } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { checkEpsilon, checkParameter, parameterFor } from './parameters.ts';
import { inverseRoot, widened } from './parts.ts';

const rmsF32: Rule = rule({
  name: 'norm/rms-f32',
  doc: 'Cast(f / sqrt(mean(f^2) + epsilon)) * scale = RMSNormalization(x, scale), where f = Cast(x)',
  match: product([op('Cast', [product([widened, inverseRoot(widened)])]), value('scale')]),
  guard: (m, q) => {
    if (q.dtype(m.$root) !== q.dtype(m.x)) return no('result-type', 'x');
    const verdict = checkEpsilon(m);
    return verdict.ok ? checkParameter(m.scale, 'scale', m, q) : verdict;
  },
  build: (m, b, q) =>
    b.node('RMSNormalization', [m.x, parameterFor(m.scale, m, b, q)], {
      axis: -m.axes.length,
      epsilon: Number(m.epsilon.splat),
      stash_type: 1,
    }),
  emits: [{ op: 'RMSNormalization', since: 23 }],
  exactness: 'reassociate',
  benefit: 5,
  phase: 'fuse',
  exporters: ['transformers in float16: Llama and T5, which cast before they scale'],
  traps: [
    'Gemma scales in float32 and casts after: norm/rms takes what lies between the casts.',
    'Casts back to another type than that of x.',
  ],
  instances: [
    {
      shapes: { x: ['N', 'T', 8], scale: [8], epsilon: [] },
      values: { axes: [2], epsilon: [1e-6] },
      dtype: 'float16',
      opset: 23,
    },
  ],
});

export const foldRmsF32: Pass = passOf(rmsF32, 'fold an RMSNormalization of float16 in float32 back');
