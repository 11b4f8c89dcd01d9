import { test } from 'vitest';
import { expectFolds, expectSameOnSpecials, expectStays } from '../../test/rule-tests.ts';
import { foldSoftplusThreshold } from './softplus-threshold.ts';

const formulas = [
  'y = Where(Greater(x, 20), x, Softplus(x))',
  'y = Where(LessOrEqual(x, 20), Softplus(x), x)',
  'y = Where(Greater(x, 20), x, Log(Add(Exp(x), 1)))',
];

test('beyond 20 Softplus is x in float32', () => {
  expectFolds(foldSoftplusThreshold, formulas, 'y = Softplus (x)');
  expectSameOnSpecials(foldSoftplusThreshold, 'y = Where(Greater(x, 20), x, Softplus(x))');
});

test('a threshold where the function has a step, and float64, stay', () => {
  const low = ['y = Where(Greater(x, 5), x, Softplus(x))', 'y = Where(Greater(x, -20), x, Softplus(x))'];
  expectStays(foldSoftplusThreshold, low, { reason: 'threshold' });
  expectStays(foldSoftplusThreshold, formulas, { dtype: 'double' });
});

test('near misses stay', () => {
  const misses = [
    'y = Where(Less(x, 20), x, Softplus(x))',
    'y = Where(Greater(x, 20), x, Div(Softplus(Mul(x, 2)), 2))',
  ];
  expectStays(foldSoftplusThreshold, misses);
});
