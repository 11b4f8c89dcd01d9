import { type DType, dtypeBits, dtypeCode, isFloat, isInteger } from '@refold/ir';
import { divisors, type Site } from '../build/site.ts';
import { each, type Family, type Generator } from './generator.ts';

/** One operand, and float attributes that may be anything moderate. */
const unary =
  (...attributes: readonly string[]): Generator =>
  (s) => {
    const x = s.value(s.data(s.types(0)));
    s.node([x], Object.fromEntries(attributes.map((name) => [name, s.float()])));
  };

/** Its operand is divided by alpha. */
const celu: Generator = (s) =>
  void s.node([s.value(s.data(s.types(0)))], { alpha: s.maybe(() => s.choices.of([1, 0.5, 2, -1.5])) });

const binary: Generator = (s) => {
  const a = s.value(s.data(s.types(0)));
  s.node(s.choices.flag() ? [a, s.partner(a)] : [s.partner(a), a]);
};

const division: Generator = (s) => {
  const a = s.value(s.data(s.types(0)));
  s.node([a, s.partner(a, divisors(a.dtype))]);
};

/** Floats have only the remainder of C before opset 28. */
const mod: Generator = (s) => {
  const a = s.value(s.data(s.types(0)));
  const fmod = isFloat(a.dtype) && s.version < 28 ? 1 : s.flag();
  s.node([a, s.partner(a, divisors(a.dtype))], { fmod });
};

/** An integer power is defined while it stays an integer of the type. */
const pow: Generator = (s) => {
  const base = s.value(s.data(s.types(0)));
  const exponents = s.version < 12 ? [base.dtype] : s.data(s.types(1));
  const dtype = s.dtype(exponents);
  const whole = isInteger(base.dtype) || isInteger(dtype);
  const fill =
    whole || s.choices.flag() ? { of: whole ? [0, 1, 2, 3] : [0, 1, 2, 3, 0.5, -1, -2, 2.5] } : undefined;
  const power = isInteger(base.dtype) ? s.fresh(base.dtype, base.dims, { of: [0, 1, 2, 3, 5] }) : base;
  s.node([power, s.partner(power, fill, dtype)]);
};

const bitShift: Generator = (s) => {
  const x = s.value(s.data(s.types(0)));
  const by = s.partner(x, { from: 0, to: dtypeBits(x.dtype) - 1 });
  s.node([x, by], { direction: s.choices.of(['LEFT', 'RIGHT']) });
};

/** Before opset 8 all operands have one shape. */
const variadic: Generator = (s) => {
  const first = s.value(s.data(s.types(0)));
  const more = Array.from({ length: s.choices.below(3) }, () =>
    s.version < 8 ? s.like(first.dtype, first.dims) : s.partner(first),
  );
  // The operands must broadcast with each other, not only with the first one.
  let dims = first.dims;
  const kept = more.filter(({ dims: next }) => {
    const both = broadcastOf(dims, next);
    if (both) dims = both;
    return both !== undefined;
  });
  s.node([first, ...kept]);
};

function broadcastOf(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 1; i <= rank; i += 1) {
    const [x, y] = [a.at(-i) ?? 1, b.at(-i) ?? 1];
    if (x !== y && x !== 1 && y !== 1) return undefined;
    out.unshift(x === 1 ? y : x);
  }
  return out;
}

const where: Generator = (s) => {
  const x = s.value(s.data(s.types(1)));
  const y = s.like(x.dtype, s.choices.flag() ? x.dims : []);
  s.node([s.partner(x, undefined, 'bool'), x, y]);
};

const clip: Generator = (s) => {
  const x = s.value(s.data(s.types(0)));
  if (s.version < 11) return void s.node([x], { min: s.float(-2, 0), max: s.float(0, 2) });
  const bound = (low: number, high: number) =>
    s.maybe(() => s.fresh(x.dtype, [], { from: x.dtype.startsWith('u') ? Math.max(0, low) : low, to: high }));
  s.node([x, bound(-2, 0), bound(1, 3)]);
};

const prelu: Generator = (s) => {
  const x = s.value(s.data(s.types(0)));
  // The slope widens to the data, never the other way round.
  const slope = s.choices.flag() ? x.dims.map((d) => (s.choices.flag() ? 1 : d)) : x.dims.slice(-1);
  s.node([x, s.like(x.dtype, slope)]);
};

const swiglu: Generator = (s) => {
  const a = s.value(s.data(s.types(0)));
  s.node([a, s.like(a.dtype, a.dims)], { alpha: s.float() });
};

/** Text of numbers, which is all that text can be cast to. */
const numerals: Readonly<Record<'whole' | 'real', readonly string[]>> = {
  whole: ['0', '1', '-3', '42', '7'],
  real: ['0', '1.5', '-3', '1e-3', '2.25E2', 'NaN', 'INF', '-INF'],
};

function castOperand(s: Site, to: DType) {
  const from = s.data(s.types(0).filter((d) => d !== 'string' || castsFromText(to)));
  const x = s.value(from);
  if (x.dtype !== 'string' || to === 'string') return x;
  return s.fresh('string', x.dims, { of: isFloat(to) ? numerals.real : numerals.whole });
}

const castsFromText = (to: DType): boolean =>
  to === 'string' || (dtypeBits(to) >= 8 && to !== 'bool' && !/float8|float6/.test(to));

const cast: Generator = (s) => {
  const to = s.dtype(s.data(s.typesOf('T2')));
  s.node([castOperand(s, to)], { to: dtypeCode(to), ...rounding(s, to) });
};

/** How numbers are fitted into floats of 8 bits; other types know no such choice. */
function rounding(s: Site, to: DType) {
  return {
    saturate: to.startsWith('float8') ? s.flag() : undefined,
    round_mode: to === 'float8e8m0' ? s.maybe(() => s.choices.of(['up', 'down', 'nearest'])) : undefined,
  };
}

const castLike: Generator = (s) => {
  const target = s.value(s.data(s.types(1)));
  const x = castOperand(s, target.dtype);
  s.node([x, target], rounding(s, target.dtype));
};

const bitCast: Generator = (s) => {
  const x = s.value(s.data(s.types(0)));
  const same = s.typesOf('T2').filter((d) => dtypeBits(d) === dtypeBits(x.dtype));
  s.node([x], { to: dtypeCode(s.choices.of(same)) });
};

/** Without training, Dropout hands its operand on. */
const dropout: Generator = (s) => {
  const x = s.value(s.data(s.types(0)));
  const mask = s.choices.flag() ? 2 : 1;
  if (s.version < 12) return void s.node([x], { ratio: s.float(0, 0.75) }, mask);
  const ratio = s.maybe(() => s.fresh(s.dtype(s.data(s.types(1))), [], { of: [0, 0.25, 0.5] }));
  s.node([x, ratio, s.maybe(() => s.known('bool', [], [0]))], {}, mask);
};

export const elementwiseFamily: Family = {
  ...each(
    'Identity Abs Neg Relu Sigmoid Tanh Exp Log Sqrt Reciprocal Floor Ceil Round Sign Erf Not Softplus Softsign ' +
      'Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh HardSwish Mish IsNaN BitwiseNot',
    unary(),
  ),
  ...each('LeakyRelu Elu ThresholdedRelu Swish', unary('alpha')),
  Celu: celu,
  Selu: unary('alpha', 'gamma'),
  HardSigmoid: unary('alpha', 'beta'),
  Shrink: unary('bias', 'lambd'),
  Gelu: (s) =>
    void s.node([s.value(s.data(s.types(0)))], {
      approximate: s.maybe(() => s.choices.of(['none', 'tanh'])),
    }),
  IsInf: (s) =>
    void s.node([s.value(s.data(s.types(0)))], { detect_negative: s.flag(), detect_positive: s.flag() }),
  ...each('Add Sub Mul And Or Xor BitwiseAnd BitwiseOr BitwiseXor', binary),
  ...each('Equal Less Greater LessOrEqual GreaterOrEqual', binary),
  Div: division,
  Mod: mod,
  Pow: pow,
  BitShift: bitShift,
  ...each('Max Min Sum Mean', variadic),
  Where: where,
  Clip: clip,
  PRelu: prelu,
  SwiGLU: swiglu,
  Cast: cast,
  CastLike: castLike,
  BitCast: bitCast,
  Dropout: dropout,
};
