import { type ConstRef, no, oneOf, op, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { scalar, softplus, x32 as x } from './parts.ts';

const threshold = scalar('threshold');

/** Beyond which Softplus(x) - x, which is about Exp(-x), is lost in the last place of x. */
function isBeyond({ splat, dtype }: ConstRef): boolean {
  const ulp = { float16: 2 ** -10, bfloat16: 2 ** -7 }[String(dtype)] ?? 2 ** -23;
  return typeof splat === 'number' && Math.exp(-splat) < (splat * ulp) / 4;
}

const softplusThreshold: Rule = rule({
  name: 'act/softplus-threshold',
  doc: 'Where(x > 20, x, Softplus(x)) = Softplus(x)',
  match: oneOf('test', {
    above: op('Where', [op(['Greater', 'GreaterOrEqual'], [x, threshold]), x, softplus(x)]),
    below: op('Where', [op(['Less', 'LessOrEqual'], [x, threshold]), softplus(x), x]),
  }),
  guard: (m) => (isBeyond(m.threshold) ? yes : no('threshold', 'threshold')),
  build: (m, b) => b.node('Softplus', [m.x]),
  emits: [{ op: 'Softplus', since: 1 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torch.onnx by torch.export'],
  traps: [
    'A threshold so low that the function has a step there.',
    'Softplus(beta x) / beta has no operator.',
    'In float64 the step at 20 is 2e-9, and shows.',
  ],
  instances: [{ shapes: { x: ['A', 'B'], threshold: [] }, values: { threshold: [20] } }],
});

export const foldSoftplusThreshold: Pass = passOf(
  softplusThreshold,
  'drop the choice of x where Softplus(x) is x',
);
