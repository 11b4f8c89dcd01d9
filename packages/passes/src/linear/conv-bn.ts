import { type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { absorb, canAbsorb } from './absorb-conv.ts';
import { affine } from './affine.ts';
import { convolution } from './layer.ts';

const batchNorm: Rule = rule({
  name: 'linear/conv-bn',
  doc: 'BatchNormalization(Conv(x, W, b)) = Conv(x, W k, (b - mean) k + shift), k = scale / sqrt(var + epsilon)',
  match: affine(convolution(['Conv', 'ConvTranspose']), ['normalize']),
  guard: canAbsorb,
  build: absorb,
  emits: [
    { op: 'Conv', since: 1 },
    { op: 'ConvTranspose', since: 1 },
  ],
  exactness: 'reassociate',
  phase: 'normalize',
  exporters: ['torch.onnx by TorchScript in training form', 'tf2onnx'],
  traps: [
    'training mode, which normalizes by the batch',
    'a convolution whose result something else reads',
    'a variance of 0 without epsilon makes weights of infinity',
  ],
  instances: [
    {
      shapes: { x: ['N', 4, 5, 5], w: ['channels', 4, 3, 3], bias: ['channels'] },
      choices: { layer: 'Conv' },
    },
    {
      shapes: { x: ['N', 4, 5, 5], w: [4, 'channels', 2, 2], bias: ['channels'] },
      choices: { layer: 'ConvTranspose' },
    },
  ],
});

export const foldBatchNormIntoConv: Pass = passOf(
  batchNorm,
  'fold BatchNormalization into the convolution before it',
);
