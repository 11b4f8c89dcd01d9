import { dtypeCode, elu, leakyRelu, type Value } from '@refold/ir';
import { type Local, type Partial, type Rule, viewIn } from './rule.ts';

/** A rule for y = f(x): dy times what `slope` gives. */
function times(slope: (local: Local) => Value): Rule {
  return [(l) => l.tape.mul(l.dy, slope(l))];
}

/** A rule for y = f(x): dy divided by what `inverse` gives. */
function over(inverse: (local: Local) => Value): Rule {
  return [(l) => l.tape.div(l.dy, inverse(l))];
}

const num = ({ tape, y }: Local, value: number): Value => tape.number(value, y);

const squared = ({ tape }: Local, value: Value): Value => tape.mul(value, value);

const negated = ({ tape }: Local, value: Value): Value => tape.op('Neg', [value]);

/** 1 - v. */
const complement = (l: Local, v: Value): Value => l.tape.sub(num(l, 1), v);

/** exp(-v²). */
const gauss = (l: Local, v: Value): Value => l.tape.op('Exp', [negated(l, squared(l, v))]);

const root = ({ tape }: Local, value: Value): Value => tape.op('Sqrt', [value]);

const unchanged: Partial = ({ dy }) => dy;

/** Functions of one operand, element by element. At a kink the slope is that on the side of zero. */
export const functionRules: Readonly<Record<string, Rule>> = {
  Identity: unchanged,
  Neg: [(l) => negated(l, l.dy)],
  Abs: times(({ tape, x }) => tape.op('Sign', [x(0)])),
  Exp: times(({ y }) => y),
  Log: over(({ x }) => x(0)),
  Sqrt: over((l) => l.tape.mul(num(l, 2), l.y)),
  Reciprocal: times((l) => negated(l, squared(l, l.y))),
  Sin: times(({ tape, x }) => tape.op('Cos', [x(0)])),
  Cos: times((l) => negated(l, l.tape.op('Sin', [l.x(0)]))),
  Tan: times((l) => l.tape.add(num(l, 1), squared(l, l.y))),
  Asin: over((l) => root(l, complement(l, squared(l, l.x(0))))),
  Acos: over((l) => negated(l, root(l, complement(l, squared(l, l.x(0)))))),
  Atan: over((l) => l.tape.add(num(l, 1), squared(l, l.x(0)))),
  Sinh: times(({ tape, x }) => tape.op('Cosh', [x(0)])),
  Cosh: times(({ tape, x }) => tape.op('Sinh', [x(0)])),
  Tanh: times((l) => complement(l, squared(l, l.y))),
  Asinh: over((l) => root(l, l.tape.add(squared(l, l.x(0)), num(l, 1)))),
  Acosh: over((l) => root(l, l.tape.sub(squared(l, l.x(0)), num(l, 1)))),
  Atanh: over((l) => complement(l, squared(l, l.x(0)))),
  Sigmoid: times((l) => l.tape.mul(l.y, complement(l, l.y))),
  Softplus: times(({ tape, x }) => tape.op('Sigmoid', [x(0)])),
  Softsign: over((l) => squared(l, l.tape.add(num(l, 1), l.tape.op('Abs', [l.x(0)])))),
  Erf: times((l) => l.tape.mul(num(l, 2 / Math.sqrt(Math.PI)), gauss(l, l.x(0)))),
  Relu: times(({ tape, y }) => tape.op('Sign', [y])),
  LeakyRelu: times((l) => whereNegative(l, num(l, viewIn(l, leakyRelu).alpha))),
  Elu: times((l) => whereNegative(l, l.tape.add(l.y, num(l, viewIn(l, elu).alpha)))),
};

/** `slope` where the operand is negative, 1 elsewhere. */
function whereNegative(l: Local, slope: Value): Value {
  return l.tape.op('Where', [l.tape.op('Less', [l.x(0), num(l, 0)]), slope, num(l, 1)]);
}

/** The power function by its base: p * x^(p - 1). The exponent may be of another type. */
const byBase: Partial = (l) => {
  const { tape } = l;
  const given = l.x(1);
  const dtype = tape.dtypeOf(l.y);
  const p = tape.dtypeOf(given) === dtype ? given : tape.op('Cast', [given], { to: dtypeCode(dtype) });
  return tape.mul(l.dy, tape.mul(p, tape.op('Pow', [l.x(0), tape.sub(p, num(l, 1))])));
};

/** And by its exponent: y * log(x), which is 0 at x = 0. */
const byExponent: Partial = (l) => {
  const { tape } = l;
  const zero = num(l, 0);
  const slope = tape.mul(l.y, tape.op('Log', [l.x(0)]));
  return tape.mul(l.dy, tape.op('Where', [tape.op('Equal', [l.x(0), zero]), zero, slope]));
};

/** Functions of several operands, element by element. */
export const arithmeticRules: Readonly<Record<string, Rule>> = {
  Add: unchanged,
  Sub: [unchanged, (l) => negated(l, l.dy)],
  Mul: [({ tape, dy, x }) => tape.mul(dy, x(1)), ({ tape, dy, x }) => tape.mul(dy, x(0))],
  Div: [
    ({ tape, dy, x }) => tape.div(dy, x(1)),
    (l) => negated(l, l.tape.div(l.tape.mul(l.dy, l.y), l.x(1))),
  ],
  Pow: [byBase, byExponent],
  Sum: unchanged,
  Mean: (l) => l.tape.div(l.dy, num(l, l.node.inputs.length)),
  Where: [
    undefined,
    (l) => l.tape.op('Where', [l.x(0), l.dy, num(l, 0)]),
    (l) => l.tape.op('Where', [l.x(0), num(l, 0), l.dy]),
  ],
};
