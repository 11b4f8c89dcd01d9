import { elementCount, type Tensor } from '@refold/ir';
import { absent, constant, named, no, oneOf, op, type Rule, rule, value, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { viewInts, viewNumber } from '../support/view.ts';
import { affine, affineOf, arithmetic, at, isAlongChannels, isScaleOnly } from './affine.ts';
import { finished, floatsToRead, mayRewrite, scaleConvInputs } from './weights.ts';

/**
 * What the shifts of the input channels add to each output channel: the sum over the weights of a channel.
 * Right only where no window reaches into padding, which is zero and not shifted.
 */
function shiftedBias(
  weight: Tensor,
  group: number,
  shift: ArrayLike<number>,
  bias: Float64Array | undefined,
): Tensor | undefined {
  const [outputs = 0, perGroup = 0] = weight.dims;
  const window = elementCount(weight.dims.slice(2));
  const values = floatsToRead(weight);
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

const image = {
  shapes: {
    ...{ x: ['N', 4, 5, 5], w: [6, 4, 3, 3], bias: [6], k: [4, 1, 1] },
    ...{ scale: [4], shift: [4], mean: [4], variance: [4] },
  },
};

const affineConv: Rule = rule({
  name: 'linear/affine-conv',
  doc: 'Conv(x * k + t, W, b) = Conv(x, W k, b + sum of W t), without padding or without t',
  match: named(
    'conv',
    op('Conv', [
      affine(value('x'), [...arithmetic, 'normalize'], { singleUse: true }),
      constant('w', { dtype: 'float' }),
      oneOf('biased', { constant: constant('bias'), computed: value('computed'), none: absent }),
    ]),
  ),
  guard: (m, q) => {
    const along = isAlongChannels(m, q.shape(m.x), 1);
    if (!along.ok) return along;
    if (m.by !== 'multiply' && m.by !== 'divide') {
      if (!viewInts(m.conv, 'pads')?.every((p) => p === 0)) return no('padded');
      if (m.computed) return no('bias-not-constant', 'computed');
    }
    return mayRewrite(m.w) ? yes : no('weight-shared', 'w');
  },
  build: (m, b) => {
    const { tensor, value: w } = m.w;
    const group = viewNumber(m.conv, 'group') ?? 1;
    const numbers = affineOf(m);
    const scaled = numbers && scaleConvInputs(tensor, group, numbers.scale);
    if (!numbers || !scaled) return b.refuse('not-finite', 'w');
    const attributes = Object.fromEntries(m.conv.attributes);
    const weight = b.constant(scaled, w?.name);
    if (isScaleOnly(numbers)) return b.node('Conv', [m.x, weight, m.bias?.value ?? m.computed], attributes);
    const shifted = shiftedBias(tensor, group, numbers.shift, m.bias?.floats());
    if (!shifted) return b.refuse('not-finite', 'bias');
    return b.node(
      'Conv',
      [m.x, weight, b.constant(shifted, m.bias?.value?.name ?? `${w?.name}_bias`)],
      attributes,
    );
  },
  emits: [{ op: 'Conv', since: 1 }],
  exactness: 'reassociate',
  // The constants may be those of an activation, whose rules come first.
  phase: 'lower',
  exporters: [
    'networks that normalize their input',
    'pre-activation networks: BatchNormalization before Conv',
  ],
  traps: [
    'padding is zero, and not shifted',
    'a constant that widens the channels',
    'groups look at their own channels only',
  ],
  instances: [
    { ...image, choices: { biased: 'constant' } },
    { ...image, choices: { biased: 'none' } },
    {
      shapes: { x: ['N', 4, 5, 5], w: [6, 2, 3, 3], bias: [6], computed: [6], k: [1, 4, 1, 1] },
      values: { group: 2, pads: [1, 1, 1, 1] },
      choices: { by: 'multiply' },
    },
  ],
});

export const foldAffineBeforeConv: Pass = passOf(
  affineConv,
  'fold constants and BatchNormalization into the convolution after them',
);
