import { test } from 'vitest';
import { expectFolds, expectSameOnSpecials, expectStays } from '../../test/rule-tests.ts';
import { foldReluWhere } from './relu-where.ts';

test('a choice that leaves NaN alone is Relu', () => {
  const formulas = [
    'y = Where(Less(x, 0), 0, x)',
    'y = Where(LessOrEqual(x, 0), 0, x)',
    'y = Where(Greater(0, x), 0, x)',
  ];
  expectFolds(foldReluWhere, formulas, 'y = Relu (x)');
  for (const formula of formulas) expectSameOnSpecials(foldReluWhere, formula);
});

test('a choice that makes NaN 0 is Relu only where that may change', () => {
  const formulas = [
    'y = Where(Greater(x, 0), x, 0)',
    'y = Where(GreaterOrEqual(x, 0), x, 0)',
    'y = Where(Less(0, x), x, 0)',
  ];
  expectStays(foldReluWhere, formulas);
  expectFolds(foldReluWhere, formulas, 'y = Relu (x)', { exactness: 'approximate' });
});

test('near misses stay', () => {
  const formulas = [
    'y = Where(Less(x, 0), x, 0)',
    'y = Where(Less(x, 1), 0, x)',
    'y = Where(Less(x, 0), 1, x)',
  ];
  expectStays(foldReluWhere, formulas, { exactness: 'approximate' });
});
