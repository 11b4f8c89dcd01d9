import { expect, test } from 'vitest';
import { weight } from '../support.ts';
import { foldedOps, type Spelling } from './spelling.ts';

const two = 'float[2,8] x, float[2,8] z';

test.for<readonly [string, string, string, Partial<Spelling>]>([
  ['a gated linear unit', 'y = Mul(x, Sigmoid(z))', 'Sigmoid Mul', { inputs: two }],
  [
    'Gelu with the gate of another value',
    'y = Mul(Mul(x, Add(Erf(Div(z, 1.4142135)), 1)), 0.5)',
    'Div Erf Add Mul Mul',
    { inputs: two },
  ],
  ['Softplus with a slope', 'y = Div(Softplus(Mul(x, 2)), 2)', 'Mul Softplus Div', {}],
  ['Tanhshrink', 'y = Sub(x, Tanh(x))', 'Tanh Sub', {}],
  ['a threshold with a value', 'y = Where(Greater(x, 0.5), x, 3)', 'Greater Where', {}],
  ['Relu squared', 'r = Relu(x); y = Mul(r, r)', 'Relu Mul', {}],
  ['logit', 'y = Log(Div(x, Sub(1, x)))', 'Sub Div Log', {}],
  ['truncation of a quotient', 'y = Cast<to = 1>(Cast<to = 7>(Div(x, 3)))', 'Div Cast Cast', {}],
  [
    'a norm with epsilon outside the root',
    'y = Div(x, Add(Sqrt(ReduceMean(Mul(x, x), {-1})), 0.001))',
    'Mul ReduceMean Sqrt Add Div',
    {},
  ],
  [
    'a deviation that is multiplied by its root',
    'd = Sub(x, ReduceMean(x, {-1})); y = Mul(d, Sqrt(Add(ReduceMean(Mul(d, d), {-1}), 0.001)))',
    'ReduceMean Sub Mul ReduceMean Add Sqrt Mul',
    {},
  ],
  [
    'cosine similarity',
    'y = Div(ReduceSum(Mul(x, z), {-1}), Mul(ReduceL2(x, {-1}), ReduceL2(z, {-1})))',
    'Mul ReduceSum ReduceL2 ReduceL2 Mul Div',
    { inputs: two, outputs: 'float[2,1] y' },
  ],
])('%s has no operator of its own', ([, formulas, ops, more]) => {
  expect(foldedOps({ formulas, opset: 28, ...more })).toBe(ops);
});

test('the unit of GPT-OSS, whose value is 1 more, is SwiGLU of that', () => {
  const formulas = 'y = Mul(Mul(Add(z, 1), x), Sigmoid(Mul(x, 1.702)))';
  expect(foldedOps({ formulas, opset: 28, inputs: two })).not.toMatch(/SwiGLU/);
  const gated = 'y = Mul(Add(z, 1), Mul(x, Sigmoid(Mul(x, 1.702))))';
  expect(foldedOps({ formulas: gated, opset: 28, inputs: two })).toBe('Add SwiGLU');
});

test('below the opset of an operator its parts stay', () => {
  const constants = [weight('g', [8])];
  const rms = 'y = Mul(Div(x, Sqrt(Add(ReduceMean(Mul(x, x), {-1}), 0.001))), g)';
  expect(foldedOps({ formulas: rms, opset: 22, constants })).not.toMatch(/RMSNormalization/);
  expect(foldedOps({ formulas: 'y = Mul(x, Sigmoid(x))', opset: 23 })).toBe('Sigmoid Mul');
});
