import { test } from 'vitest';
import { expectFolds, expectSameOnSpecials, expectStays } from '../../test/rule-tests.ts';
import { foldThresholdedRelu } from './thresholded-relu.ts';

test('x above a threshold, and 0 below', () => {
  const formulas = ['y = Where(Greater(x, 0.5), x, 0)', 'y = Where(Less(0.5, x), x, 0)'];
  expectFolds(foldThresholdedRelu, formulas, 'y = ThresholdedRelu <alpha: float = 0.5> (x)');
  for (const formula of formulas) expectSameOnSpecials(foldThresholdedRelu, formula);
});

test('near misses stay', () => {
  const formulas = [
    'y = Where(GreaterOrEqual(x, 0.5), x, 0)',
    'y = Where(LessOrEqual(x, 0.5), 0, x)',
    'y = Where(Greater(x, 0.5), x, 1)',
    'y = Where(Greater(x, 0.5), 0, x)',
  ];
  expectStays(foldThresholdedRelu, formulas);
});
