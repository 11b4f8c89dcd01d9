import { type Node, sameDim, type Value } from '@refold/ir';
import {
  type ConstRef,
  constant,
  named,
  no,
  op,
  product,
  type Query,
  type Rule,
  rule,
  sum,
  through,
  value,
  yes,
} from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { upToFloat32 } from '../support/float-types.ts';
import { passOf } from '../support/rule-pass.ts';
import { viewFlag, viewInts } from '../support/view.ts';

const x = value('x', { dtype: upToFloat32 });
const moves = ['Reshape', 'Squeeze', 'Unsqueeze'];
const pool = named('pool', op('AveragePool', [through(moves, product([x, x]), { max: 4 })]));

interface Parts {
  readonly x: Value;
  readonly pool: Node;
  readonly alpha: ConstRef;
  readonly bias: ConstRef;
  readonly beta: ConstRef;
}

/** Whether the pool sees the channels of `x` [N, C, ...] as its first spatial axis: [N, 1, C, ...]. */
function poolsChannels({ x, pool: { inputs } }: Parts, q: Query): boolean {
  const [batch, channels] = q.shape(x) ?? [];
  const [count, one, first] = (inputs[0] && q.shape(inputs[0])) ?? [];
  if (batch === undefined || channels === undefined || count === undefined || first === undefined)
    return false;
  return sameDim(batch, count) === 'yes' && one === 1 && sameDim(channels, first) === 'yes';
}

/** The size of windows over channels that are centred, go step by step, and count what they see of the padding. */
function windowOf({ pool: node }: Parts): number | undefined {
  const [size, ...others] = viewInts(node, 'kernelShape') ?? [];
  const pads = viewInts(node, 'pads');
  if (size === undefined || size % 2 === 0 || others.some((k) => k !== 1)) return undefined;
  const half = (size - 1) / 2;
  const isCentred = pads?.every((p, i) => p === (i === 0 || i === pads.length / 2 ? half : 0));
  const steps = [...(viewInts(node, 'strides') ?? [0]), ...(viewInts(node, 'dilations') ?? [0])];
  return isCentred && steps.every((s) => s === 1) && viewFlag(node, 'countIncludePad') ? size : undefined;
}

const lrn: Rule = rule({
  name: 'norm/lrn',
  doc: 'x / (bias + alpha AveragePool(x^2 over channels))^beta = LRN(x)',
  match: product([
    x,
    op('Reciprocal', [
      op('Pow', [
        sum([
          product([through(moves, pool, { max: 4 }), constant('alpha', { dtype: 'float', splat: true })]),
          constant('bias', { dtype: 'float', splat: true }),
        ]),
        constant('beta', { dtype: 'float', splat: true }),
      ]),
    ]),
  ]),
  guard: (m, q) => {
    if (!poolsChannels(m, q)) return no('channels', 'x');
    return windowOf(m) === undefined ? no('window', 'pool') : yes;
  },
  build: (m, b) =>
    b.node('LRN', [m.x], {
      size: windowOf(m),
      alpha: Number(m.alpha.splat),
      beta: Number(m.beta.splat),
      bias: Number(m.bias.splat),
    }),
  emits: [{ op: 'LRN', since: 1 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torch.onnx, both exporters: local_response_norm'],
  traps: [
    'Windows of even size: PyTorch leaves out the channel at the other end than LRN does.',
    'An average that does not count padding divides by less at the borders.',
    'Windows over places instead of channels.',
  ],
  instances: [
    {
      model: `(float[2,6,4,5] x) => (y) <int64[1] one = {1}, float alpha = {0.5}, float bias = {2}, float beta = {0.75}>
        { s = Mul (x, x) u = Unsqueeze (s, one)
          p = AveragePool <kernel_shape = [3, 1, 1], pads = [1, 0, 0, 1, 0, 0], count_include_pad = 1> (u)
          c = Squeeze (p, one) a = Mul (c, alpha) t = Add (a, bias) d = Pow (t, beta) y = Div (x, d) }`,
    },
  ],
});

export const foldLrn: Pass = passOf(lrn, 'fold a quotient by an average over channels into LRN');
