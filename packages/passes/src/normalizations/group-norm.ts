import { sameDim, sameShape, type Tensor, tensorOf, type Value } from '@refold/ir';
import {
  type Builder,
  constant,
  named,
  no,
  num,
  op,
  product,
  type Query,
  type Rule,
  rule,
  sum,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { upToFloat32 } from '../support/float-types.ts';
import { perChannel } from './parameters.ts';

const x = value('x', { dtype: upToFloat32 });
const grouped = op('Reshape', [x]);
const normalized = op('InstanceNormalization', [grouped, num(1), num(0)], {
  params: { epsilon: { capture: 'epsilon' } },
});

/** Groups of channels as the channels of InstanceNormalization, and back. */
const reshaped = named('back', op('Reshape', [named('norm', normalized)]));

interface Parts {
  readonly x: Value;
  readonly norm: { readonly inputs: readonly (Value | undefined)[] };
  readonly back: { readonly outputs: readonly (Value | undefined)[] };
  readonly epsilon: unknown;
}

interface Groups {
  readonly groups: number;
  readonly channels: number;
  readonly rank: number;
}

/**
 * The groups of `x` [N, C, ...] that `norm` sees as [N, G, ...]; undefined where the two are not provably so. A
 * Reshape keeps the order of the elements, so equal batches leave every group with channels in a row.
 */
function groupsOf(m: Parts, q: Query): Groups | undefined {
  const [from, result] = [m.norm.inputs[0], m.back.outputs[0]];
  const shape = q.shape(m.x);
  const middle = from && q.shape(from);
  if (!shape || !middle || shape.length < 3 || middle.length < 3) return undefined;
  if (!result || sameShape(q.shape(result), shape) !== 'yes') return undefined;
  const [batch = 0, channels] = shape;
  const [count = 0, groups] = middle;
  if (sameDim(batch, count) !== 'yes' || typeof channels !== 'number' || typeof groups !== 'number')
    return undefined;
  return groups > 0 && channels % groups === 0 ? { groups, channels, rank: shape.length } : undefined;
}

function groupNormalization(m: Parts, { groups }: Groups, scale: Tensor, bias: Tensor, b: Builder): Value {
  return b.node('GroupNormalization', [m.x, b.constant(scale, 'scale'), b.constant(bias, 'bias')], {
    num_groups: groups,
    epsilon: Number(m.epsilon),
  });
}

/** Six channels in two groups. */
function caseOf(after: string): string {
  return `(float[2,6,4,5] x) => (y)
    <float[2] one = {1,1}, float[2] zero = {0,0}, int64[3] apart = {0,2,-1}, int64[4] whole = {2,6,4,5},
     float[6,1,1] scale = {0.5,-1,2,1.5,3,0.25}, float[6,1,1] bias = {1,0.5,-2,0.25,0,3}>
    { g = Reshape (x, apart) n = InstanceNormalization <epsilon = 0.01> (g, one, zero) r = Reshape (n, whole) ${after} }`;
}

const spec = {
  // That of opset 18 has one scale a group, and is deprecated.
  emits: [{ op: 'GroupNormalization', since: 21 }],
  exactness: 'reassociate',
} as const;

const groupNorm: Rule = rule({
  ...spec,
  name: 'norm/group-norm',
  doc: 'Reshape(InstanceNormalization(Reshape(x, [N, G, -1]), 1, 0)) * scale + bias = GroupNormalization(x, scale, bias)',
  match: sum([
    product([reshaped, constant('scale', { dtype: 'float' })]),
    constant('bias', { dtype: 'float' }),
  ]),
  guard: (m, q) => {
    const groups = groupsOf(m, q);
    if (!groups) return no('groups', 'x');
    if (!perChannel(m.scale, groups.rank, groups.channels)) return no('parameter-shape', 'scale');
    return perChannel(m.bias, groups.rank, groups.channels) ? yes : no('parameter-shape', 'bias');
  },
  build: (m, b, q) => {
    const groups = groupsOf(m, q);
    const scale = groups && perChannel(m.scale, groups.rank, groups.channels);
    const bias = groups && perChannel(m.bias, groups.rank, groups.channels);
    return groups && scale && bias && groupNormalization(m, groups, scale, bias, b);
  },
  phase: 'fuse',
  exporters: ['torch.onnx, both exporters, before opset 21'],
  traps: [
    'Before opset 21 the operator has one scale a group.',
    'Reshapes that put channels of different groups together, or mix samples.',
    'Parameters of the InstanceNormalization that are not 1 and 0.',
  ],
  instances: [{ model: caseOf('m = Mul (r, scale) y = Add (bias, m)'), opset: 21 }],
});

const groupNormNoScale: Rule = rule({
  ...spec,
  name: 'norm/group-norm.no-scale',
  doc: 'Reshape(InstanceNormalization(Reshape(x, [N, G, -1]), 1, 0)) = GroupNormalization(x, 1, 0)',
  match: reshaped,
  guard: (m, q) => (groupsOf(m, q) ? yes : no('groups', 'x')),
  build: (m, b, q) => {
    const groups = groupsOf(m, q);
    const dtype = q.dtype(m.x);
    if (!groups || !dtype) return undefined;
    const count = groups.channels;
    const filled = (v: number): Tensor => tensorOf(dtype, [count], new Array<number>(count).fill(v));
    return groupNormalization(m, groups, filled(1), filled(0), b);
  },
  // After the rule that knows what to do with a scale.
  phase: 'lower',
  exporters: ['torch.onnx: group_norm without parameters'],
  traps: ['Those of norm/group-norm.'],
  instances: [{ model: caseOf('y = Relu (r)'), opset: 21 }],
});

export const foldGroupNorm: Pass = rulePass({
  name: 'norm/group-norm',
  summary: 'fold InstanceNormalization of groups of channels into GroupNormalization',
  rules: [groupNorm, groupNormNoScale],
});
