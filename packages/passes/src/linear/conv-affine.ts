import { type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { absorb, canAbsorb } from './absorb-conv.ts';
import { affine, arithmetic } from './affine.ts';
import { convolution } from './layer.ts';

const convAffine: Rule = rule({
  name: 'linear/conv-affine',
  doc: 'Conv(x, W, b) * k + t = Conv(x, W k, b k + t) for constants with one element a channel',
  match: affine(convolution(['Conv', 'ConvTranspose']), arithmetic),
  guard: canAbsorb,
  build: absorb,
  emits: [
    { op: 'Conv', since: 1 },
    { op: 'ConvTranspose', since: 1 },
  ],
  exactness: 'reassociate',
  phase: 'normalize',
  traps: [
    'a constant [C] lies along the width, not along the channels',
    'a constant that widens a single channel, or raises the rank',
    'a division by the convolution',
  ],
  instances: [
    {
      shapes: { x: ['N', 4, 5, 5], w: ['C', 4, 3, 3], bias: ['C'], k: ['C', 1, 1] },
      choices: { layer: 'Conv' },
    },
    {
      shapes: { x: ['N', 4, 5], w: [4, 'C', 2], bias: ['C'], k: [1, 'C', 1] },
      choices: { layer: 'ConvTranspose' },
    },
  ],
});

export const foldAffineIntoConv: Pass = passOf(
  convAffine,
  'fold additions and multiplications by constants into the convolution before them',
);
