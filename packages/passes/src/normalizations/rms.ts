import { product, type Rule, rule, value } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { checkEpsilon, checkParameter, parameterFor } from './parameters.ts';
import { inverseRoot, x } from './parts.ts';

const rms: Rule = rule({
  name: 'norm/rms',
  doc: 'x / sqrt(mean(x^2) + epsilon) * scale = RMSNormalization(x, scale)',
  match: product([x, inverseRoot(x), value('scale')]),
  guard: (m, q) => {
    const verdict = checkEpsilon(m);
    return verdict.ok ? checkParameter(m.scale, 'scale', m, q) : verdict;
  },
  build: (m, b, q) =>
    b.node('RMSNormalization', [m.x, parameterFor(m.scale, m, b, q)], {
      axis: -m.axes.length,
      epsilon: Number(m.epsilon.splat),
    }),
  emits: [{ op: 'RMSNormalization', since: 23 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: [
    'torch.onnx, both exporters, before opset 23',
    'transformers: Llama, Qwen, Mistral, T5; Gemma with 1 + weight for the scale',
  ],
  traps: [
    'The mean square of another value.',
    'Every LayerNormalization contains one, of x - mean(x); norm/layer-norm covers more and comes first.',
    'A sum for the mean, and epsilon outside the root.',
  ],
  instances: [
    {
      shapes: { x: ['N', 'T', 8], scale: [8], epsilon: [] },
      values: { axes: [2], epsilon: [1e-6] },
      opset: 23,
    },
    {
      shapes: { x: ['N', 3, 4], scale: [3, 4], epsilon: [] },
      values: { axes: [1, 2], epsilon: [1e-3] },
      opset: 23,
    },
  ],
});

export const foldRms: Pass = passOf(rms, 'fold a decomposed RMSNormalization back');
