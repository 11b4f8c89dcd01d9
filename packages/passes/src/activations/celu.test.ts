import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldCelu } from './celu.ts';

test('Max and Min of the exponential', () => {
  const formulas = [
    'y = Add(Max(x, 0), Min(0, Mul(2, Sub(Exp(Div(x, 2)), 1))))',
    'y = Add(Min(Mul(Sub(Exp(Mul(x, 0.5)), 1), 2), 0), Relu(x))',
  ];
  expectFolds(foldCelu, formulas, 'y = Celu <alpha: float = 2> (x)', { opset: 12 });
});

test('a divisor that is not the factor, and older opsets, stay', () => {
  expectStays(foldCelu, ['y = Add(Max(x, 0), Min(0, Mul(2, Sub(Exp(Div(x, 3)), 1))))'], {
    reason: 'inverse',
  });
  expectStays(foldCelu, ['y = Add(Max(x, 0), Min(0, Mul(-2, Sub(Exp(Div(x, -2)), 1))))'], {
    reason: 'alpha',
  });
  const plain = 'y = Add(Max(x, 0), Min(0, Mul(2, Sub(Exp(Div(x, 2)), 1))))';
  expectStays(foldCelu, [plain], { opset: 11, reason: 'op-not-in-opset' });
});
