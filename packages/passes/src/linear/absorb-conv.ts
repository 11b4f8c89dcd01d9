import type { Tensor, Value } from '@refold/ir';
import { type Builder, no, type Query, type Verdict, yes } from '@refold/matcher';
import { viewNumber } from '../support/view.ts';
import {
  type Affine,
  type AffineParts,
  affineOf,
  isAlongChannels,
  isScaleOnly,
  isShiftOnly,
} from './affine.ts';
import type { Layer } from './layer.ts';
import { affineBias, mayRewrite, scaleConvOutputs, scaleConvTransposeOutputs } from './weights.ts';

type AffineOfLayer = Layer & AffineParts;

/** Whether a convolution can take in what is done to its result, which has its channels on axis 1. */
export function canAbsorb(m: AffineOfLayer, q: Query): Verdict {
  const [output] = m.layer.outputs;
  const along = isAlongChannels(m, output && q.shape(output), 1);
  if (!along.ok) return along;
  return m.by === 'add' || m.by === 'subtract' || mayRewrite(m.w) ? yes : no('weight-shared', 'w');
}

/** conv(x, W, b) * k + t = conv(x, W k, b k + t): the same node with other weights. */
export function absorb(m: AffineOfLayer, b: Builder): Value | undefined {
  const { layer, x, w, bias } = m;
  const affine = affineOf(m);
  const scaled = affine && scaledWeight(m, affine);
  if (!affine || !scaled) return b.refuse('not-finite', 'w');
  const weight = scaled === w.tensor ? w.value : b.constant(scaled, w.value?.name);
  const attributes = Object.fromEntries(layer.attributes);
  if (!bias && isScaleOnly(affine)) return b.node(layer.opType, [x, weight], attributes);
  const shifted = affineBias(w.dtype, channelsOf(m), bias?.floats(), affine.scale, affine.shift);
  if (!shifted) return b.refuse('not-finite', 'bias');
  const name = bias?.value?.name ?? `${w.value?.name}_bias`;
  return b.node(layer.opType, [x, weight, b.constant(shifted, name)], attributes);
}

function groupOf({ layer }: Layer): number {
  return viewNumber(layer, 'group') ?? 1;
}

function channelsOf(m: Layer): number {
  const [first = 0, second = 0] = m.w.dims;
  return m.layer.opType === 'ConvTranspose' ? second * groupOf(m) : first;
}

function scaledWeight(m: Layer, affine: Affine): Tensor | undefined {
  const { tensor } = m.w;
  if (isShiftOnly(affine)) return tensor;
  return m.layer.opType === 'ConvTranspose'
    ? scaleConvTransposeOutputs(tensor, groupOf(m), affine.scale)
    : scaleConvOutputs(tensor, affine.scale);
}
