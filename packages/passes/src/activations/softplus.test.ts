import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldSoftplus } from './softplus.ts';

test('Log(1 + Exp(x)) overflows, so it is an approximation', () => {
  const formulas = ['y = Log(Add(1, Exp(x)))', 'y = Log(Add(Exp(x), 1))'];
  expectStays(foldSoftplus, formulas);
  expectFolds(foldSoftplus, formulas, 'y = Softplus (x)', { exactness: 'approximate' });
});

test('near misses stay', () => {
  const formulas = ['y = Log(Add(2, Exp(x)))', 'y = Log(Sub(1, Exp(x)))', 'y = Exp(Add(1, Log(x)))'];
  expectStays(foldSoftplus, formulas, { exactness: 'approximate' });
});
