import { type ConstRef, no, op, type Rule, rule, sum, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { attributeOf } from '../support/float-types.ts';
import { passOf } from '../support/rule-pass.ts';
import { exceeds, scalar, x } from './parts.ts';

interface Parts {
  readonly upper: ConstRef;
  readonly lower: ConstRef;
  readonly fall: ConstRef;
  readonly rise: ConstRef;
}

/** The bound, when all four numbers are it or its negative. */
function boundOf(m: Parts): number | undefined {
  const bound = attributeOf(m.upper);
  if (bound === undefined || !(bound >= 0) || attributeOf(m.rise) !== bound) return undefined;
  return attributeOf(m.lower) === -bound && attributeOf(m.fall) === -bound ? bound : undefined;
}

const softShrink: Rule = rule({
  name: 'act/soft-shrink',
  doc: 'Where(x > l, x - l, 0) + Where(x < -l, x + l, 0) = Shrink(x, lambd = l, bias = l)',
  match: sum([
    op('Where', [exceeds('above', x, scalar('upper')), sum([x, scalar('fall')]), 0]),
    op('Where', [exceeds('below', scalar('lower'), x), sum([x, scalar('rise')]), 0]),
  ]),
  guard: (m) => (boundOf(m) === undefined ? no('bounds') : yes),
  build: (m, b) => b.node('Shrink', [m.x], { lambd: boundOf(m), bias: boundOf(m) }),
  emits: [{ op: 'Shrink', since: 9 }],
  exactness: 'exact',
  phase: 'fuse',
  exporters: ['torch.onnx by TorchScript'],
  traps: ['Bounds and shifts that differ.', 'Both branches on one side.'],
  instances: [
    {
      shapes: { x: ['A', 'B'], upper: [], lower: [], fall: [], rise: [] },
      values: { upper: [0.5], lower: [-0.5], fall: [-0.5], rise: [0.5] },
      opset: 9,
    },
  ],
});

export const foldSoftShrink: Pass = passOf(softShrink, 'fold what moves towards 0 by a bound into Shrink');
