import { test } from 'vitest';
import { expectFolds, expectSameOnSpecials, expectStays } from '../../test/rule-tests.ts';
import { foldHardShrink } from './hard-shrink.ts';

const shrink = 'y = Shrink <lambd: float = 0.5, bias: float = 0> (x)';

test('0 between two bounds', () => {
  const formulas = [
    'y = Where(Or(Greater(x, 0.5), Less(x, -0.5)), x, 0)',
    'y = Where(Or(Greater(-0.5, x), Less(0.5, x)), x, 0)',
    'y = Where(Greater(Abs(x), 0.5), x, 0)',
  ];
  expectFolds(foldHardShrink, formulas, shrink);
  for (const formula of formulas) expectSameOnSpecials(foldHardShrink, formula);
});

test('the form that keeps NaN is an approximation', () => {
  const formulas = [
    'y = Where(LessOrEqual(Abs(x), 0.5), 0, x)',
    'y = Where(GreaterOrEqual(0.5, Abs(x)), 0, x)',
  ];
  expectStays(foldHardShrink, formulas);
  expectFolds(foldHardShrink, formulas, shrink, { exactness: 'approximate' });
});

test('near misses stay', () => {
  const formulas = [
    'y = Where(Or(GreaterOrEqual(x, 0.5), LessOrEqual(x, -0.5)), x, 0)',
    'y = Where(Or(Greater(x, 0.5), Less(x, -0.25)), x, 0)',
    'y = Where(And(Greater(x, 0.5), Less(x, -0.5)), x, 0)',
    'y = Where(Or(Greater(x, 0.5), Less(x, -0.5)), 0, x)',
    'y = Where(Or(Greater(x, 0.5), Less(x, -0.5)), x, 1)',
  ];
  expectStays(foldHardShrink, formulas, { exactness: 'approximate' });
});
