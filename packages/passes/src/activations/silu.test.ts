import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldSilu } from './silu.ts';

test('x Sigmoid(x), by the operator or by its parts', () => {
  const formulas = [
    'y = Mul(x, Sigmoid(x))',
    'y = Mul(Sigmoid(x), x)',
    'y = Div(x, Add(1, Exp(Neg(x))))',
    'y = Div(x, Add(Exp(Mul(x, -1)), 1))',
    'y = Mul(x, Reciprocal(Add(1, Exp(Neg(x)))))',
  ];
  expectFolds(foldSilu, formulas, 'y = Swish (x)', { opset: 24 });
});

test('near misses stay', () => {
  const formulas = [
    'y = Div(Sigmoid(x), x)',
    'y = Div(x, Add(1, Exp(x)))',
    'y = Div(x, Add(2, Exp(Neg(x))))',
  ];
  expectStays(foldSilu, formulas, { opset: 24 });
  expectStays(foldSilu, ['y = Mul(x, Sigmoid(z))'], { opset: 24, inputs: 'float[2,8] x, float[2,8] z' });
});

test('before opset 24 there is no Swish', () => {
  expectStays(foldSilu, ['y = Mul(x, Sigmoid(x))'], { opset: 23, reason: 'op-not-in-opset' });
});
