import { product, type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { checkEpsilon, ones } from './parameters.ts';
import { inverseRoot, x } from './parts.ts';

const rmsNoScale: Rule = rule({
  name: 'norm/rms-no-scale',
  doc: 'x / sqrt(mean(x^2) + epsilon) = RMSNormalization(x, 1)',
  match: product([x, inverseRoot(x)]),
  guard: checkEpsilon,
  build: (m, b, q) =>
    b.node('RMSNormalization', [m.x, ones(m, b, q)], {
      axis: -m.axes.length,
      epsilon: Number(m.epsilon.splat),
    }),
  emits: [{ op: 'RMSNormalization', since: 23 }],
  exactness: 'reassociate',
  // After all rules that know what to do with a scale.
  phase: 'lower',
  grows: true,
  decreases: 'nodes',
  exporters: ['transformers: norms of queries and keys without weights, T5 in float16 with a float32 scale'],
  traps: ['Those of norm/rms.', 'A scale of ones needs the sizes of the normalized axes.'],
  instances: [
    { shapes: { x: ['N', 'T', 8], epsilon: [] }, values: { axes: [2], epsilon: [1e-6] }, opset: 23 },
  ],
});

export const foldRmsNoScale: Pass = passOf(
  rmsNoScale,
  'fold a decomposed RMSNormalization without scale back',
);
