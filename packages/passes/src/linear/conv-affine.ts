import { constantTensor, isFloat, type Node, type Tensor, tensorFloats, type Value } from '@refold/ir';
import type { Builder } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { soleProducerOf, viewNumber } from '../support/view.ts';
import { type Affine, affineOf } from './affine.ts';
import { affineBias, mayRewrite, scaleConvOutputs, scaleConvTransposeOutputs } from './weights.ts';

/** The channels of a convolution's output are on axis 1. */
const channelAxis = (): number => 1;

/** conv(x, W, b) * k + t = conv(x, W k, b k + t): the same node with other weights. */
function absorb(conv: Node, { scale, shift }: Affine, b: Builder): Value {
  const [x, w, bias] = conv.inputs;
  const weight = w && constantTensor(w);
  const biasTensor = bias && constantTensor(bias);
  const group = viewNumber(conv, 'group');
  if (!x || !w || !weight || (bias && !biasTensor)) return b.fail('weight-not-constant');
  if (!isFloat(weight.dtype) || group === undefined) return b.fail('type');
  const transposed = conv.opType === 'ConvTranspose';
  const channels = transposed ? (weight.dims[1] ?? 0) * group : (weight.dims[0] ?? 0);
  if (!fits(scale, channels) || !fits(shift, channels)) return b.fail('channels');
  const unscaled = scale.length === 1 && scale[0] === 1;
  if (!unscaled && !mayRewrite(w, weight)) return b.fail('weight-shared');
  const scaled = unscaled
    ? weight
    : transposed
      ? scaleConvTransposeOutputs(weight, group, scale)
      : scaleConvOutputs(weight, scale);
  const shifted = newBias(weight, biasTensor, channels, scale, shift);
  if (!scaled || (shifted && shifted === 'not-finite')) return b.fail('not-finite');
  return b.node(
    conv.opType,
    [
      x,
      scaled === weight ? w : b.constant(scaled, w.name),
      shifted === undefined ? undefined : b.constant(shifted, bias?.name ?? `${w.name}_bias`),
    ],
    Object.fromEntries(conv.attributes),
  );
}

function fits(list: ArrayLike<number>, channels: number): boolean {
  return list.length === 1 || list.length === channels;
}

function newBias(
  weight: Tensor,
  bias: Tensor | undefined,
  channels: number,
  scale: ArrayLike<number>,
  shift: ArrayLike<number>,
): Tensor | 'not-finite' | undefined {
  if (!bias && shift.length === 1 && shift[0] === 0) return undefined;
  const values = bias && tensorFloats(bias);
  if (values && values.length !== channels) return 'not-finite';
  return affineBias(weight.dtype, channels, values, scale, shift) ?? 'not-finite';
}

const batchNorm = nodeRule({
  name: 'linear/conv-bn',
  doc: 'BatchNormalization(Conv(x, W, b)) = Conv(x, W k, (b - mean) k + shift), k = scale / sqrt(var + epsilon)',
  ops: 'BatchNormalization',
  over: ['Conv', 'ConvTranspose'],
  exactness: 'reassociate',
  emits: [
    { op: 'Conv', since: 1 },
    { op: 'ConvTranspose', since: 1 },
  ],
  rewrite: (node, b) => {
    const conv = soleProducerOf(node.inputs[0], 'Conv', 'ConvTranspose');
    if (!conv) return undefined;
    const affine = affineOf(node, channelAxis);
    return affine ? absorb(conv, affine, b) : b.fail('not-affine');
  },
});

const arithmetic = nodeRule({
  name: 'linear/conv-affine',
  doc: 'Conv(x, W, b) * k + t = Conv(x, W k, b k + t) for constants with one element a channel',
  ops: ['Add', 'Sub', 'Mul', 'Div'],
  over: ['Conv', 'ConvTranspose'],
  exactness: 'reassociate',
  emits: [
    { op: 'Conv', since: 1 },
    { op: 'ConvTranspose', since: 1 },
  ],
  rewrite: (node, b) => {
    const conv = node.inputs
      .map((v) => soleProducerOf(v, 'Conv', 'ConvTranspose'))
      .find((n) => n !== undefined);
    if (!conv) return undefined;
    const affine = affineOf(node, channelAxis);
    if (!affine || affine.x.producer !== conv) return b.fail('not-along-channels');
    return absorb(conv, affine, b);
  },
});

export const foldBatchNormIntoConv: Pass = rulePass({
  name: 'linear/conv-bn',
  summary: 'fold BatchNormalization into the convolution before it',
  rules: [batchNorm],
});

export const foldAffineIntoConv: Pass = rulePass({
  name: 'linear/conv-affine',
  summary: 'fold additions and multiplications by constants into the convolution before them',
  rules: [arithmetic],
});
