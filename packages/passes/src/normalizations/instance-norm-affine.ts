import { type Tensor, tensorFloats, tensorOf, type Value } from '@refold/ir';
import {
  type ConstRef,
  constant,
  named,
  no,
  oneOf,
  op,
  product,
  type Query,
  type Rule,
  rule,
  sum,
  value,
  yes,
} from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { perChannel } from './parameters.ts';

const norm = named(
  'norm',
  op('InstanceNormalization', [
    value('x'),
    constant('scale', { dtype: 'float' }),
    constant('bias', { dtype: 'float' }),
  ]),
);
const factor = constant('factor', { dtype: 'float' });
const term = constant('term', { dtype: 'float' });

interface Parts {
  readonly x: Value;
  readonly scale: ConstRef;
  readonly bias: ConstRef;
  readonly factor?: ConstRef | undefined;
  readonly term?: ConstRef | undefined;
}

/** One number a channel, of a constant that has one for each or one for all. */
function channelsOf(
  c: ConstRef | undefined,
  neutral: number,
  rank: number,
  count: number,
): Float64Array | undefined {
  if (!c) return new Float64Array(count).fill(neutral);
  if (c.size === 1) return new Float64Array(count).fill(Number(c.splat));
  const tensor = perChannel(c, rank, count);
  return tensor && tensorFloats(tensor);
}

/** (n s + b) f + t = n (s f) + (b f + t), channel by channel. */
function merged(m: Parts, q: Query): { readonly scale: Tensor; readonly bias: Tensor } | undefined {
  const rank = q.rank(m.x);
  const count = m.scale.size;
  const factors = rank === undefined ? undefined : channelsOf(m.factor, 1, rank, count);
  const terms = rank === undefined ? undefined : channelsOf(m.term, 0, rank, count);
  if (!factors || !terms || m.bias.size !== count) return undefined;
  const biases = m.bias.floats();
  const scale = m.scale.floats().map((s, i) => s * (factors[i] ?? 1));
  const bias = biases.map((b, i) => b * (factors[i] ?? 1) + (terms[i] ?? 0));
  if (![...scale, ...bias].every(Number.isFinite)) return undefined;
  const { dtype } = m.scale;
  return { scale: tensorOf(dtype, [count], scale), bias: tensorOf(dtype, [count], bias) };
}

const instanceNormAffine: Rule = rule({
  name: 'norm/instance-norm-affine',
  doc: 'InstanceNormalization(x, scale, bias) * factor + term = InstanceNormalization(x, scale * factor, bias * factor + term)',
  match: oneOf('form', {
    both: sum([product([norm, factor]), term]),
    factor: product([norm, factor]),
    term: sum([norm, term]),
  }),
  guard: (m, q) => (merged(m, q) ? yes : no('parameter-shape')),
  build: (m, b, q) => {
    const parameters = merged(m, q);
    if (!parameters) return undefined;
    const scale = b.constant(parameters.scale, m.scale.value?.name);
    const bias = b.constant(parameters.bias, m.bias.value?.name);
    return b.node('InstanceNormalization', [m.x, scale, bias], Object.fromEntries(m.norm.attributes));
  },
  emits: [{ op: 'InstanceNormalization', since: 6 }],
  exactness: 'reassociate',
  benefit: 0.25,
  phase: 'fuse',
  exporters: ['torch.onnx by TorchScript: GroupNorm with as many groups as channels'],
  traps: [
    'Factors that differ along other axes than the channels.',
    'Where groups are reshaped to channels the factor stands behind the Reshape: norm/group-norm.',
  ],
  instances: [
    {
      shapes: { x: ['N', 3, 'L'], scale: [3], bias: [3], factor: [3, 1], term: [3, 1] },
      choices: { form: 'both' },
    },
  ],
});

export const mergeInstanceNormAffine: Pass = passOf(
  instanceNormAffine,
  'take a scale and a shift of each channel into InstanceNormalization',
);
