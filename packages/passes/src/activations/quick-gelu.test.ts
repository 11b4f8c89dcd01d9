import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldQuickGelu } from './quick-gelu.ts';

test('x Sigmoid(alpha x), in any order', () => {
  const formulas = ['y = Mul(x, Sigmoid(Mul(1.702, x)))', 'y = Mul(Sigmoid(Mul(x, 1.702)), x)'];
  expectFolds(foldQuickGelu, formulas, 'y = Swish <alpha: float = 1.702> (x)', { opset: 24 });
  expectFolds(foldQuickGelu, ['y = Mul(x, Sigmoid(Div(x, 2)))'], 'y = Swish <alpha: float = 0.5> (x)', {
    opset: 24,
  });
});

test('gates of other values, factors by channel, and float64 that no attribute holds, stay', () => {
  const formula = 'y = Mul(x, Sigmoid(Mul(1.702, x)))';
  const inputs = 'float[2,8] x, float[2,8] z';
  expectStays(foldQuickGelu, [formula.replace('1.702, x', '1.702, z')], { opset: 24, inputs });
  const constants = ['float[8] c = {1,1,1,1,1,1,1,2}'];
  expectStays(foldQuickGelu, [formula.replace('1.702', 'c')], { opset: 24, constants });
  expectStays(foldQuickGelu, [formula], { opset: 24, dtype: 'double', reason: 'alpha' });
  expectStays(foldQuickGelu, ['y = Sigmoid(Mul(1.702, x))'], { opset: 24 });
});

test('before opset 24 there is no Swish', () => {
  expectStays(foldQuickGelu, ['y = Mul(x, Sigmoid(Mul(1.702, x)))'], {
    opset: 23,
    reason: 'op-not-in-opset',
  });
});
