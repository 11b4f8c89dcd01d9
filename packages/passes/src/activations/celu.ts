import { commutative, no, oneOf, op, product, type Rule, rule, sum, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { attributeOf } from '../support/float-types.ts';
import { passOf } from '../support/rule-pass.ts';
import { scalar, x } from './parts.ts';

const positive = oneOf('positive', { relu: op('Relu', [x]), max: commutative('Max', [x, 0]) });

const celu: Rule = rule({
  name: 'act/celu',
  doc: 'Max(x, 0) + Min(alpha (Exp(x / alpha) - 1), 0) = Celu(x, alpha)',
  match: sum([
    positive,
    commutative('Min', [
      0,
      product([scalar('alpha'), sum([op('Exp', [product([x, scalar('inverse')])]), -1])]),
    ]),
  ]),
  guard: (m) => {
    const alpha = attributeOf(m.alpha);
    if (alpha === undefined || !(alpha > 0)) return no('alpha', 'alpha');
    return Math.abs(alpha * Number(m.inverse.splat) - 1) < 2 ** -21 ? yes : no('inverse', 'inverse');
  },
  build: (m, b) => b.node('Celu', [m.x], { alpha: attributeOf(m.alpha) }),
  emits: [{ op: 'Celu', since: 12 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torch.onnx: celu by its definition', 'the function body of Celu'],
  traps: ['A divisor that is not alpha.', 'A negative alpha.'],
  instances: [
    {
      shapes: { x: ['A', 'B'], alpha: [], inverse: [] },
      values: { alpha: [2], inverse: [0.5] },
      opset: 12,
    },
  ],
});

export const foldCelu: Pass = passOf(celu, 'fold a cut exponential, continuous in its slope, into Celu');
