import type { Value } from '@refold/ir';
import { type Builder, no, num, oneOf, op, type Rule, rule, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { zeroSignMatters } from '../support/zero-sign.ts';
import { x } from './parts.ts';

const spec = {
  build: (m: { readonly x: Value }, b: Builder) => b.node('Relu', [m.x]),
  emits: [{ op: 'Relu', since: 6 }],
  phase: 'fuse',
  instances: [{ shapes: { x: ['A', 'B'] } }],
} as const;

const reluWhere: Rule = rule({
  ...spec,
  name: 'act/relu-where',
  doc: 'Where(x > 0, x, 0) = Relu(x) but for NaN',
  match: oneOf('test', {
    above: op('Where', [op(['Greater', 'GreaterOrEqual'], [x, 0]), x, 0]),
    over: op('Where', [op(['Less', 'LessOrEqual'], [num(0), x]), x, 0]),
  }),
  exactness: 'approximate',
  // ThresholdedRelu keeps NaN as it is, so where this rule may run it goes first.
  benefit: 4,
  exporters: ['torch.onnx: masked and hand-written rectifiers'],
  traps: ['NaN becomes 0 here, and stays NaN in Relu.'],
});

const reluWhereBelow: Rule = rule({
  ...spec,
  name: 'act/relu-where.below',
  doc: 'Where(x < 0, 0, x) = Relu(x)',
  match: oneOf('test', {
    below: op('Where', [op(['Less', 'LessOrEqual'], [x, 0]), 0, x]),
    over: op('Where', [op(['Greater', 'GreaterOrEqual'], [num(0), x]), 0, x]),
  }),
  guard: (m) => (zeroSignMatters(m.$root) ? no('zero-sign-matters', 'x') : yes),
  exactness: 'reassociate',
  benefit: 5,
  exporters: ['x.masked_fill(x < 0, 0)'],
  traps: ['A 0 of more dimensions than x expands it.', 'x < 0 keeps -0, of which Relu makes +0.'],
});

export const foldReluWhere: Pass = rulePass({
  name: 'act/relu-where',
  summary: 'fold a choice between x and 0 into Relu',
  rules: [reluWhere, reluWhereBelow],
});
