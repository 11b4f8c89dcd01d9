import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldMish } from './mish.ts';

test('x Tanh(Softplus(x)), by the operator or by its parts', () => {
  const formulas = ['y = Mul(x, Tanh(Softplus(x)))', 'y = Mul(Tanh(Log(Add(1, Exp(x)))), x)'];
  expectFolds(foldMish, formulas, 'y = Mish (x)', { opset: 18 });
});

test('near misses, and older opsets, stay', () => {
  expectStays(foldMish, [
    'y = Mul(x, Tanh(x))',
    'y = Mul(x, Sigmoid(Softplus(x)))',
    'y = Div(x, Tanh(Softplus(x)))',
  ]);
  expectStays(foldMish, ['y = Mul(z, Tanh(Softplus(x)))'], { inputs: 'float[2,8] x, float[2,8] z' });
  expectStays(foldMish, ['y = Mul(x, Tanh(Softplus(x)))'], { opset: 17, reason: 'op-not-in-opset' });
});
