import { type ConstRef, commutative, no, oneOf, op, type Rule, rule, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { attributeOf } from '../support/float-types.ts';
import { exceeds, scalar, x } from './parts.ts';

const upper = scalar('upper');
const size = op('Abs', [x]);

/** The bound, when the lower one is its negative. */
function boundOf(m: { readonly upper: ConstRef; readonly lower?: ConstRef | undefined }): number | undefined {
  const bound = attributeOf(m.upper);
  if (bound === undefined || !(bound >= 0)) return undefined;
  return m.lower && attributeOf(m.lower) !== -bound ? undefined : bound;
}

const spec = {
  emits: [{ op: 'Shrink', since: 9 }],
  phase: 'fuse',
  instances: [
    { shapes: { x: ['A', 'B'], upper: [], lower: [] }, values: { upper: [0.5], lower: [-0.5] }, opset: 9 },
  ],
} as const;

const hardShrink: Rule = rule({
  ...spec,
  name: 'act/hard-shrink',
  doc: 'Where(Or(x > l, x < -l), x, 0) = Where(Abs(x) > l, x, 0) = Shrink(x, lambd = l, bias = 0)',
  match: oneOf('form', {
    or: op('Where', [
      commutative('Or', [exceeds('above', x, upper), exceeds('below', scalar('lower'), x)]),
      x,
      0,
    ]),
    abs: op('Where', [exceeds('above', size, upper), x, 0]),
  }),
  guard: (m) => (boundOf(m) === undefined ? no('bounds') : yes),
  build: (m, b) => b.node('Shrink', [m.x], { lambd: boundOf(m), bias: 0 }),
  exactness: 'exact',
  exporters: ['torch.onnx by TorchScript'],
  traps: [
    'At the bounds themselves the result is 0: not so with >=.',
    'Bounds that are not negatives of each other.',
  ],
});

const hardShrinkInside: Rule = rule({
  ...spec,
  name: 'act/hard-shrink.inside',
  doc: 'Where(Abs(x) <= l, 0, x) = Shrink(x, lambd = l, bias = 0) but for NaN',
  match: oneOf('form', {
    less: op('Where', [op('LessOrEqual', [size, upper]), 0, x]),
    greater: op('Where', [op('GreaterOrEqual', [upper, size]), 0, x]),
  }),
  guard: (m) => (boundOf(m) === undefined ? no('bounds') : yes),
  build: (m, b) => b.node('Shrink', [m.x], { lambd: boundOf(m), bias: 0 }),
  exactness: 'approximate',
  exporters: ['torch.onnx by torch.export'],
  traps: ['NaN stays NaN here, and is 0 in Shrink.'],
});

export const foldHardShrink: Pass = rulePass({
  name: 'act/hard-shrink',
  summary: 'fold what is 0 between two bounds into Shrink',
  rules: [hardShrink, hardShrinkInside],
});
