import { expect, test } from 'vitest';
import { graphOf } from '../../test/formula.ts';
import { expectEqual, nodes, run } from '../../test/support.ts';
import { activationsPasses } from './index.ts';

test.for([
  ['y = Mul(x, Mul(0.5, Add(1, Erf(Div(x, 1.4142135)))))', 20],
  ['y = Mul(Mul(x, 0.5), Sub(1, Erf(Mul(x, -0.70710678))))', 20],
  ['y = Mul(x, Add(Mul(Erf(Mul(x, 0.70710678)), 0.5), 0.5))', 20],
  ['h = Mul(x, 0.5); y = Add(Mul(h, Erf(Mul(x, 0.70710678))), h)', 20],
  ['y = Mul(Mul(x, 0.5), Add(1, Tanh(Mul(0.7978846, Add(x, Mul(0.044715, Pow(x, 3)))))))', 20],
  ['y = Mul(Mul(x, 0.5), Add(1, Tanh(Mul(Mul(x, 0.7978846), Add(1, Mul(Mul(0.044715, x), x))))))', 20],
  ['y = Mul(x, Sigmoid(Mul(1.5957692, Add(x, Mul(0.044715, Pow(x, 3))))))', 20],
  ['y = Mul(x, Sigmoid(Mul(1.702, x)))', 24],
  ['y = Mul(x, Sigmoid(x))', 24],
  ['y = Div(x, Add(1, Exp(Neg(x))))', 24],
  ['y = Mul(Mul(x, Sigmoid(x)), Tanh(x))', 28],
  ['y = Clip(Add(Mul(x, 0.2), 0.5), 0, 1)', 18],
  ['y = Div(Clip(Add(x, 3), 0, 6), 6)', 18],
  ['y = Mul(x, HardSigmoid<alpha=0.16666667>(x))', 14],
  ['y = Div(Mul(x, Clip(Add(x, 3), 0, 6)), 6)', 18],
  ['y = Max(0, x)', 18],
  ['y = Where(Less(x, 0), 0, x)', 18],
  ['y = Where(GreaterOrEqual(x, 0), x, Mul(x, 0.1))', 18],
  ['y = Max(Mul(x, 0.1), x)', 18],
  ['y = Sub(Relu(x), Mul(0.1, Relu(Neg(x))))', 18],
  ['y = Add(Relu(x), Mul(-0.1, Relu(Neg(x))))', 18],
  ['y = Where(Greater(x, 0), x, Mul(2, Sub(Exp(x), 1)))', 18],
  ['y = Add(Relu(x), Sub(Exp(Min(x, 0)), 1))', 18],
  ['y = Mul(1.0507, Elu<alpha=1.67>(x))', 18],
  ['y = Add(Max(x, 0), Min(0, Mul(2, Sub(Exp(Div(x, 2)), 1))))', 18],
  ['y = Where(Greater(x, 20), x, Log(Add(Exp(x), 1)))', 18],
  ['y = Mul(x, Tanh(Softplus(x)))', 18],
  ['y = Div(x, Add(1, Abs(x)))', 18],
  ['y = Where(Or(Greater(x, 0.5), Less(x, -0.5)), x, 0)', 18],
  ['y = Add(Where(Greater(x, 0.5), Sub(x, 0.5), 0), Where(Less(x, -0.5), Add(x, 0.5), 0))', 18],
  ['y = Where(Greater(x, 0.5), x, 0)', 18],
  ['y = Reciprocal(Add(1, Exp(Neg(x))))', 18],
] as const)('%s', ([formula, opset]) => {
  const o = run(activationsPasses, graphOf(formula), { opset });
  console.log(
    formula,
    '=>',
    nodes(o.after),
    JSON.stringify(
      o.report.passes.filter((p) => Object.keys(p.refusals).length).map((p) => [p.name, p.refusals]),
    ),
  );
  expectEqual(o);
  expect([...o.after.graph.nodes()].length).toBe(1);
});
