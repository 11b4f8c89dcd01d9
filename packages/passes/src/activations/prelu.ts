import { tensorFloats, tensorOf, type Value } from '@refold/ir';
import {
  type Builder,
  type ConstRef,
  commutative,
  constant,
  no,
  oneOf,
  op,
  product,
  type Query,
  type Rule,
  rule,
  sum,
  type Verdict,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { bySign, negative, x } from './parts.ts';

const relu = op('Relu', [x]);
const reluOfNegative = op('Relu', [negative(x)]);

/** A slope for each channel or element; one for all is LeakyRelu. */
const slope = constant('slope', { dtype: 'float', splat: false });

interface Parts {
  readonly x: Value;
  readonly slope: ConstRef;
}

/** PRelu broadcasts slopes to x, never the other way. */
function check(m: Parts, q: Query): Verdict {
  if (!m.slope.value) return no('slope', 'slope');
  return q.broadcastsTo(m.slope.value, m.x) === 'yes' ? yes : no('slope-widens', 'slope');
}

function prelu(m: Parts, negated: boolean, b: Builder): Value {
  if (!negated) return b.node('PRelu', [m.x, m.slope.value]);
  const { dtype, dims } = m.slope;
  const slopes = tensorOf(
    dtype,
    dims,
    tensorFloats(m.slope.tensor).map((v) => -v),
  );
  return b.node('PRelu', [m.x, b.constant(slopes, m.slope.value?.name)]);
}

const spec = {
  guard: check,
  emits: [{ op: 'PRelu', since: 7 }],
  phase: 'fuse',
  instances: [
    { shapes: { x: ['N', 3, 'L'], slope: [3, 1] }, values: { slope: [0.25, -0.5, 2] } },
    { shapes: { x: ['N', 3], slope: [3] }, values: { slope: [0.25, 0, 1.5] } },
  ],
} as const;

const preluHalves: Rule = rule({
  ...spec,
  name: 'act/prelu',
  doc: 'Relu(x) - slope Relu(-x) = Where(x >= 0, x, slope x) = PRelu(x, slope)',
  match: oneOf('form', {
    minus: sum([relu, op('Neg', [product([slope, reluOfNegative])])]),
    plus: sum([relu, product([slope, reluOfNegative])]),
    min: sum([relu, product([slope, commutative('Min', [x, 0])])]),
    where: bySign(x, product([x, slope])),
  }),
  build: (m, b) => prelu(m, m.form === 'plus', b),
  exactness: 'reassociate',
  exporters: ['Keras: PReLU as two Relus'],
  traps: ['Slopes that would widen x.'],
});

const preluAbs: Rule = rule({
  ...spec,
  name: 'act/prelu.abs',
  doc: 'Relu(x) + slope (x - Abs(x)) / 2 = PRelu(x, slope) but for infinities',
  match: sum([relu, product([slope, 0.5, sum([x, op('Neg', [op('Abs', [x])])])])]),
  build: (m, b) => prelu(m, false, b),
  exactness: 'approximate',
  exporters: ['TensorFlow sources of PReLU'],
  traps: ['Infinity less infinity is NaN here.'],
});

export const foldPrelu: Pass = rulePass({
  name: 'act/prelu',
  summary: 'fold two slopes, one of them 1, into PRelu',
  rules: [preluHalves, preluAbs],
});
