import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldHardSwish } from './hard-swish.ts';

test('x HardSigmoid(x) with a sixth and a half', () => {
  const formulas = [
    'y = Mul(x, HardSigmoid<alpha = 0.16666667>(x))',
    'y = Mul(HardSigmoid<alpha = 0.16666667, beta = 0.5>(x), x)',
  ];
  expectFolds(foldHardSwish, formulas, 'y = HardSwish (x)', { opset: 14 });
});

test('other slopes, other values, and older opsets stay', () => {
  const formulas = [
    'y = Mul(x, HardSigmoid(x))',
    'y = Mul(x, HardSigmoid<alpha = 0.1667>(x))',
    'y = Mul(x, HardSigmoid<alpha = 0.16666667, beta = 0.4>(x))',
  ];
  expectStays(foldHardSwish, formulas, { opset: 14 });
  const plain = 'y = Mul(x, HardSigmoid<alpha = 0.16666667>(x))';
  expectStays(foldHardSwish, [plain.replace('Mul(x', 'Mul(z')], {
    opset: 14,
    inputs: 'float[2,8] x, float[2,8] z',
  });
  expectStays(foldHardSwish, [plain], { opset: 13, reason: 'op-not-in-opset' });
});
