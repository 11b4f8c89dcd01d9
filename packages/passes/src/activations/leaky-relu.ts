import {
  type ConstRef,
  commutative,
  no,
  oneOf,
  op,
  product,
  type Rule,
  rule,
  sum,
  yes,
} from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { attributeOf } from '../support/float-types.ts';
import { passOf } from '../support/rule-pass.ts';
import { zeroSignMatters } from '../support/zero-sign.ts';
import { bySign, negative, scalar, x } from './parts.ts';

const relu = op('Relu', [x]);

/** The slope; undefined where the form asks for another one. */
function slopeOf(form: string, alpha: ConstRef): number | undefined {
  const slope = attributeOf(alpha);
  if (slope === undefined) return undefined;
  if (form === 'max') return slope >= 0 && slope <= 1 ? slope : undefined;
  // Relu(x) + c Relu(-x) has the slope -c.
  return form === 'halves' ? -slope : slope;
}

const leakyRelu: Rule = rule({
  name: 'act/leaky-relu',
  doc: 'Where(x >= 0, x, alpha x) = Max(x, alpha x) = Relu(x) - alpha Relu(-x) = LeakyRelu(x, alpha)',
  match: oneOf('form', {
    where: bySign(x, product([x, scalar('alpha')])),
    max: commutative('Max', [x, product([x, scalar('alpha')])]),
    halves: sum([relu, product([scalar('alpha'), op('Relu', [negative(x)])])]),
    min: sum([relu, product([scalar('alpha'), commutative('Min', [x, 0])])]),
  }),
  guard: (m) => {
    if (slopeOf(m.form, m.alpha) === undefined) return no('alpha', 'alpha');
    return zeroSignMatters(m.$root) ? no('zero-sign-matters', 'x') : yes;
  },
  build: (m, b) => b.node('LeakyRelu', [m.x], { alpha: slopeOf(m.form, m.alpha) }),
  emits: [{ op: 'LeakyRelu', since: 6 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['tf2onnx: Max(x, alpha x)', 'darknet converters'],
  traps: [
    'Max(x, alpha x) is LeakyRelu for alpha from 0 to 1 only.',
    'A slope for each channel is PRelu.',
    'A sum of two halves is +0 at -0.',
  ],
  instances: [{ shapes: { x: ['A', 'B'], alpha: [] }, values: { alpha: [0.125] } }],
});

export const foldLeakyRelu: Pass = passOf(leakyRelu, 'fold two slopes, one of them 1, into LeakyRelu');
