import { commutative, num, oneOf, op, type Rule, rule, value } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';

// Engines compute Gelu in float32 at best, so float64 keeps its parts.
const x = value('x', { dtype: ['float32', 'float16', 'bfloat16'] });
const near = { ulp: 4 } as const;

/** Phi(x), up to the factor 1/2: 1 + erf(x / sqrt 2). */
const erf = commutative('Add', [
  1,
  op('Erf', [
    oneOf('argument', {
      quotient: op('Div', [x, num(Math.SQRT2, near)]),
      product: commutative('Mul', [x, num(Math.SQRT1_2, near)]),
    }),
  ]),
]);

const cube = oneOf('cube', {
  power: op('Pow', [x, 3]),
  left: commutative('Mul', [commutative('Mul', [x, x]), x]),
});

/** The tanh form: 1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)). */
const tanh = commutative('Add', [
  1,
  op('Tanh', [
    commutative('Mul', [
      commutative('Add', [x, commutative('Mul', [cube, num(0.044715, near)])]),
      num(Math.sqrt(2 / Math.PI), near),
    ]),
  ]),
]);

/** x times 1/2 times `gate`, in every order; the half may also be a division by 2. */
function halved<G extends typeof erf | typeof tanh>(gate: G) {
  return oneOf('order', {
    last: commutative('Mul', [commutative('Mul', [x, gate]), 0.5]),
    first: commutative('Mul', [commutative('Mul', [x, 0.5]), gate]),
    inner: commutative('Mul', [x, commutative('Mul', [gate, 0.5])]),
    quotient: op('Div', [commutative('Mul', [x, gate]), 2]),
  });
}

const geluErf: Rule = rule({
  name: 'fold-back/gelu',
  doc: 'x / 2 * (1 + erf(x / sqrt 2)) = Gelu(x)',
  match: halved(erf),
  build: (m, b) => b.node('Gelu', [m.x], { approximate: 'none' }),
  emits: [{ op: 'Gelu', since: 20 }],
  exactness: 'reassociate',
  phase: 'fuse',
});

const geluTanh: Rule = rule({
  name: 'fold-back/gelu.tanh',
  doc: 'x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) = Gelu(x, approximate = tanh)',
  match: halved(tanh),
  build: (m, b) => b.node('Gelu', [m.x], { approximate: 'tanh' }),
  emits: [{ op: 'Gelu', since: 20 }],
  exactness: 'reassociate',
  phase: 'fuse',
});

export const foldGelu: Pass = rulePass({
  name: 'fold-back/gelu',
  summary: 'fold a decomposed Gelu back',
  rules: [geluErf, geluTanh],
});
