import type { Tensor, Value } from '@refold/ir';
import { type ConstRef, constant, no, product, type Query, type Rule, rule, sum, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { checkEpsilon, perChannel } from './parameters.ts';
import { centred, inverseRoot, x } from './parts.ts';

const deviation = centred(x, 'spatial');

interface Parts {
  readonly x: Value;
  readonly scale: ConstRef;
  readonly bias: ConstRef;
}

/** Scale and bias, one number a channel; undefined where they are not. */
function parametersOf(m: Parts, q: Query): { readonly scale: Tensor; readonly bias: Tensor } | undefined {
  const shape = q.shape(m.x) ?? [];
  const [, channels] = shape;
  if (typeof channels !== 'number' || shape.length < 3) return undefined;
  const scale = perChannel(m.scale, shape.length, channels);
  const bias = perChannel(m.bias, shape.length, channels);
  return scale && bias && { scale, bias };
}

const instanceNorm: Rule = rule({
  name: 'norm/instance-norm',
  doc: 'd / sqrt(mean(d^2) + epsilon) * scale + bias = InstanceNormalization(x, scale, bias), where d = x - mean(x) over all spatial axes',
  match: sum([
    product([deviation, inverseRoot(deviation, 'spatial'), constant('scale', { dtype: 'float' })]),
    constant('bias', { dtype: 'float' }),
  ]),
  guard: (m, q) => {
    const verdict = checkEpsilon(m);
    if (!verdict.ok) return verdict;
    return parametersOf(m, q) ? yes : no('parameter-shape', 'scale');
  },
  build: (m, b, q) => {
    const parameters = parametersOf(m, q);
    if (!parameters) return undefined;
    const scale = b.constant(parameters.scale, m.scale.value?.name);
    const bias = b.constant(parameters.bias, m.bias.value?.name);
    return b.node('InstanceNormalization', [m.x, scale, bias], { epsilon: Number(m.epsilon.splat) });
  },
  emits: [{ op: 'InstanceNormalization', since: 6 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['tf2onnx', 'Keras: instance normalization by hand'],
  traps: [
    'Means over some of the spatial axes only, or over the channels too.',
    'Parameters that are not vectors of channels; epsilon outside the root.',
  ],
  instances: [
    {
      shapes: { x: ['N', 3, 'H', 'W'], scale: [3, 1, 1], bias: [3, 1, 1], epsilon: [] },
      values: { axes: [2, 3], epsilon: [1e-3] },
    },
  ],
});

export const foldInstanceNorm: Pass = passOf(instanceNorm, 'fold a decomposed InstanceNormalization back');
