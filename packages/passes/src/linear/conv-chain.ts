import {
  constantTensor,
  conv as convOperator,
  elementCount,
  isFloat,
  type Node,
  type Tensor,
  tensorFloats,
  viewAs,
} from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { soleProducerOf } from '../support/view.ts';
import { MAX_WORK } from './matrix-product.ts';
import { finished } from './weights.ts';

/** Whether a convolution looks at one element of each channel at a time, and at every one. */
function isPointwise(conv: Node, weight: Tensor): boolean {
  const view = viewAs(conv, convOperator);
  return (
    view?.group === 1 &&
    weight.dims.slice(2).every((d) => d === 1) &&
    isUnpadded(conv) &&
    view.strides?.every((s) => s === 1) === true
  );
}

function isUnpadded(conv: Node): boolean {
  return viewAs(conv, convOperator)?.pads?.every((p) => p === 0) ?? false;
}

/** Sum over m of W[o, m, ...] A[m, c]. */
function mixInputs(weight: Tensor, pointwise: Tensor): Float64Array {
  const [outputs = 0, middle = 0] = weight.dims;
  const [, inputs = 0] = pointwise.dims;
  const window = elementCount(weight.dims.slice(2));
  const w = tensorFloats(weight);
  const a = tensorFloats(pointwise);
  const out = new Float64Array(outputs * inputs * window);
  for (let o = 0; o < outputs; o += 1) {
    for (let m = 0; m < middle; m += 1) {
      const from = (o * middle + m) * window;
      for (let c = 0; c < inputs; c += 1) {
        const factor = a[m * inputs + c] as number;
        const to = (o * inputs + c) * window;
        for (let k = 0; k < window; k += 1)
          out[to + k] = (out[to + k] as number) + factor * (w[from + k] as number);
      }
    }
  }
  return out;
}

/** What a bias before the convolution adds to each output channel, where no window reaches into padding. */
function carriedBias(weight: Tensor, before: Float64Array, own: Float64Array | undefined): Float64Array {
  const [outputs = 0, middle = 0] = weight.dims;
  const window = elementCount(weight.dims.slice(2));
  const w = tensorFloats(weight);
  const out = own?.slice() ?? new Float64Array(outputs);
  for (let i = 0; i < w.length; i += 1) {
    const o = Math.floor(i / (middle * window));
    const m = Math.floor(i / window) % middle;
    out[o] = (out[o] as number) + (w[i] as number) * (before[m] as number);
  }
  return out;
}

const chain = nodeRule({
  name: 'linear/conv-chain',
  doc: 'Conv(Conv(x, A), W) = Conv(x, W A) for pointwise A, when W A is no larger',
  ops: 'Conv',
  over: ['Conv'],
  exactness: 'reassociate',
  emits: [{ op: 'Conv', since: 1 }],
  rewrite: (node, b) => {
    const inner = soleProducerOf(node.inputs[0], 'Conv');
    const [x, a, before] = inner?.inputs ?? [];
    const [, w, own] = node.inputs;
    const pointwise = a && constantTensor(a);
    const weight = w && constantTensor(w);
    if (!inner || !x || !pointwise || !weight || !isPointwise(inner, pointwise)) return undefined;
    if (!isFloat(weight.dtype) || pointwise.dtype !== weight.dtype) return b.fail('type');
    if (viewAs(node, convOperator)?.group !== 1) return b.fail('groups');
    const [middle = 0, channels = 0] = pointwise.dims;
    const [outputs = 0] = weight.dims;
    const merged = (weight.size / Math.max(middle, 1)) * channels;
    if (merged > weight.size + pointwise.size || merged * middle > MAX_WORK)
      return b.fail('merged-is-larger');
    const values = finished(
      weight.dtype,
      [outputs, channels, ...weight.dims.slice(2)],
      mixInputs(weight, pointwise),
    );
    if (!values) return b.fail('not-finite');
    if (!before)
      return b.node('Conv', [x, b.constant(values, w.name), own], Object.fromEntries(node.attributes));
    const [first, second] = [constantTensor(before), own && constantTensor(own)];
    if (!first || (own && !second)) return b.fail('bias-not-constant');
    if (!isUnpadded(node)) return b.fail('padded');
    const sums = carriedBias(weight, tensorFloats(first), second && tensorFloats(second));
    const bias = finished(weight.dtype, [outputs], sums);
    if (!bias) return b.fail('not-finite');
    const inputs = [x, b.constant(values, w.name), b.constant(bias, own?.name ?? `${w.name}_bias`)];
    return b.node('Conv', inputs, Object.fromEntries(node.attributes));
  },
});

export const mergeConvChain: Pass = rulePass({
  name: 'linear/conv-chain',
  summary: 'merge a pointwise convolution into the one after it, when that makes it no larger',
  rules: [chain],
});
