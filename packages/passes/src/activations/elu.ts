import { commutative, no, oneOf, op, product, type Rule, rule, sum, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { attributeOf } from '../support/float-types.ts';
import { passOf } from '../support/rule-pass.ts';
import { bySign, scalar, x } from './parts.ts';

const relu = op('Relu', [x]);
const alpha = scalar('alpha');
const exponential = sum([op('Exp', [x]), -1]);
const cut = sum([op('Exp', [commutative('Min', [x, 0])]), -1]);

const elu: Rule = rule({
  name: 'act/elu',
  doc: 'Where(x > 0, x, alpha (Exp(x) - 1)) = Relu(x) + alpha (Exp(Min(x, 0)) - 1) = Elu(x, alpha)',
  match: oneOf('form', {
    where: bySign(x, product([alpha, exponential])),
    unscaledWhere: bySign(x, exponential),
    sum: sum([relu, product([alpha, cut])]),
    unscaledSum: sum([relu, op('Exp', [commutative('Min', [x, 0])]), -1]),
    min: sum([relu, commutative('Min', [exponential, 0])]),
  }),
  guard: (m) => (m.alpha && attributeOf(m.alpha) === undefined ? no('alpha', 'alpha') : yes),
  build: (m, b) => b.node('Elu', [m.x], { alpha: m.alpha ? attributeOf(m.alpha) : 1 }),
  emits: [{ op: 'Elu', since: 6 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['tf2onnx', 'hand-written sources'],
  traps: ['The exponential of another value.', 'Exp may overflow where it is not taken, which does no harm.'],
  instances: [{ shapes: { x: ['A', 'B'], alpha: [] }, values: { alpha: [1.5] } }],
});

export const foldElu: Pass = passOf(elu, 'fold a cut exponential into Elu');
