import { constantTensor, elementCount, isFloat, type Node, type Tensor, tensorFloats } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { viewInts, viewNumber } from '../support/view.ts';
import { type Affine, affineOf, at } from './affine.ts';
import { finished, mayRewrite, scaleConvInputs } from './weights.ts';

/**
 * What the shifts of the input channels add to each output channel: the sum over the weights of a channel.
 * Right only where no window reaches into padding, which is zero and not shifted.
 */
function shiftedBias(
  weight: Tensor,
  group: number,
  shift: ArrayLike<number>,
  bias: Float64Array | undefined,
) {
  const [outputs = 0, perGroup = 0] = weight.dims;
  const window = elementCount(weight.dims.slice(2));
  const values = tensorFloats(weight);
  const out = new Float64Array(outputs);
  for (let o = 0, i = 0; o < outputs; o += 1) {
    const first = Math.floor(o / (outputs / group)) * perGroup;
    let sum = bias ? at(bias, o) : 0;
    for (let c = 0; c < perGroup; c += 1) {
      let total = 0;
      for (let k = 0; k < window; k += 1, i += 1) total += values[i] as number;
      sum += total * at(shift, first + c);
    }
    out[o] = sum;
  }
  return finished(weight.dtype, [outputs], out);
}

function hasShift({ shift }: Affine): boolean {
  return shift.length !== 1 || shift[0] !== 0;
}

/** Whether a convolution is known to add no padding. */
function isUnpadded(conv: Node): boolean {
  return viewInts(conv, 'pads')?.every((p) => p === 0) ?? false;
}

const conv = nodeRule({
  name: 'linear/affine-conv',
  doc: 'Conv(x * k + t, W, b) = Conv(x, W k, b + sum of W t), without padding or without t',
  ops: 'Conv',
  over: ['BatchNormalization', 'Add', 'Sub', 'Mul', 'Div'],
  exactness: 'reassociate',
  // The constants may be those of an activation, whose rules come first.
  phase: 'lower',
  emits: [{ op: 'Conv', since: 1 }],
  rewrite: (node, b) => {
    const [input, w, bias] = node.inputs;
    const before = input?.useCount === 1 ? input.producer : undefined;
    const affine = before && affineOf(before, () => 1);
    if (!affine) return undefined;
    const weight = w && constantTensor(w);
    const biasTensor = bias && constantTensor(bias);
    const group = viewNumber(node, 'group');
    if (!w || !weight || !isFloat(weight.dtype) || group === undefined) return b.fail('weight-not-constant');
    const channels = (weight.dims[1] ?? 0) * group;
    const { scale, shift } = affine;
    if ([scale, shift].some((l) => l.length !== 1 && l.length !== channels)) return b.fail('channels');
    if (hasShift(affine) && (!isUnpadded(node) || (bias && !biasTensor))) return b.fail('padded');
    if (!mayRewrite(w, weight)) return b.fail('weight-shared');
    const scaled = scaleConvInputs(weight, group, scale);
    const shifted = hasShift(affine)
      ? shiftedBias(weight, group, shift, biasTensor && tensorFloats(biasTensor))
      : undefined;
    if (!scaled || (hasShift(affine) && !shifted)) return b.fail('not-finite');
    return b.node(
      'Conv',
      [
        affine.x,
        b.constant(scaled, w.name),
        shifted ? b.constant(shifted, bias?.name ?? `${w.name}_bias`) : bias,
      ],
      Object.fromEntries(node.attributes),
    );
  },
});

export const foldAffineBeforeConv: Pass = rulePass({
  name: 'linear/affine-conv',
  summary: 'fold constants and BatchNormalization into the convolution after them',
  rules: [conv],
});
