import { conv as convOperator, elementCount, type Node, type Tensor, tensorFloats, viewAs } from '@refold/ir';
import {
  absent,
  type ConstRef,
  constant,
  named,
  no,
  oneOf,
  op,
  type Rule,
  rule,
  value,
  yes,
} from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { MAX_WORK } from './matrix-product.ts';
import { finished } from './weights.ts';

/** Whether a convolution looks at one element of each channel at a time, and at every one. */
function isPointwise(conv: Node, weight: Tensor): boolean {
  const strides = viewAs(conv, convOperator)?.strides;
  return (
    weight.dims.slice(2).every((d) => d === 1) && isUnpadded(conv) && strides?.every((s) => s === 1) === true
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

/** The convolution before, of which nothing else reads the result. */
const pointwise = named(
  'inner',
  op(
    'Conv',
    [
      'x',
      constant('a', { dtype: 'float' }),
      oneOf('first', { constant: constant('before', { dtype: 'float' }), none: absent }),
    ],
    { params: { group: 1 }, test: { singleUse: true } },
  ),
);

interface Parts {
  readonly a: ConstRef;
  readonly w: ConstRef;
  readonly before?: ConstRef | undefined;
  readonly own?: ConstRef | undefined;
}

/** The weight W A, and the bias with what that of A adds to it, in the type of the weights. */
function merged({
  a,
  w,
  before,
  own,
}: Parts): { readonly weight: Tensor; readonly bias?: Tensor } | undefined {
  const [outputs = 0, , ...window] = w.dims;
  const [, channels = 0] = a.dims;
  const weight = finished(w.dtype, [outputs, channels, ...window], mixInputs(w.tensor, a.tensor));
  if (!weight || !before) return weight && { weight };
  const bias = finished(w.dtype, [outputs], carriedBias(w.tensor, before.floats(), own?.floats()));
  return bias && { weight, bias };
}

/** Whether W A is no larger than both, and takes not too long. */
function pays({ a, w }: Parts): boolean {
  const [middle = 0, channels = 0] = a.dims;
  const size = (w.size / Math.max(middle, 1)) * channels;
  return size <= w.size + a.size && size * middle <= MAX_WORK;
}

const convChain: Rule = rule({
  name: 'linear/conv-chain',
  doc: 'Conv(Conv(x, A), W) = Conv(x, W A) for pointwise A, when W A is no larger',
  match: named(
    'outer',
    op(
      'Conv',
      [
        pointwise,
        constant('w', { dtype: 'float' }),
        oneOf('second', {
          constant: constant('own', { dtype: 'float' }),
          computed: value('computed'),
          none: absent,
        }),
      ],
      { params: { group: 1 } },
    ),
  ),
  guard: (m) => {
    if (!isPointwise(m.inner, m.a.tensor)) return no('not-pointwise', 'a');
    if (m.before && m.computed) return no('bias-not-constant', 'computed');
    if (m.before && !isUnpadded(m.outer)) return no('padded', 'before');
    return pays(m) ? yes : no('merged-is-larger', 'w');
  },
  build: (m, b) => {
    const numbers = merged(m);
    if (!numbers) return b.refuse('not-finite', 'w');
    const name = m.w.value?.name;
    const { weight, bias } = numbers;
    const row = bias && b.constant(bias, m.own?.value?.name ?? `${name}_bias`);
    const inputs = [m.x, b.constant(weight, name), row ?? m.own?.value ?? m.computed];
    return b.node('Conv', inputs, Object.fromEntries(m.outer.attributes));
  },
  emits: [{ op: 'Conv', since: 1 }],
  exactness: 'reassociate',
  phase: 'normalize',
  traps: [
    'a bias before padding is missing in the border',
    'strides before the second convolution',
    'a bottleneck, of which the product is larger than both',
  ],
  instances: [
    {
      shapes: { x: ['N', 3, 5, 5], a: [4, 3, 1, 1], before: [4], w: [2, 4, 3, 3], own: [2] },
      choices: { second: 'constant' },
    },
    {
      shapes: { x: ['N', 3, 5, 5], a: [4, 3, 1, 1], w: [2, 4, 3, 3], own: [2], computed: [2] },
      choices: { first: 'none' },
    },
  ],
});

export const mergeConvChain: Pass = passOf(
  convChain,
  'merge a pointwise convolution into the one after it, when that makes it no larger',
);
