import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldTanhExp } from './tanh-exp.ts';

test('the quotient is NaN where Exp overflows, so it is an approximation', () => {
  const formulas = [
    'e = Exp(Mul(2, x)); y = Div(Sub(e, 1), Add(e, 1))',
    'y = Div(Sub(Exp(Mul(2, x)), 1), Add(1, Exp(Mul(x, 2))))',
  ];
  expectStays(foldTanhExp, formulas);
  expectFolds(foldTanhExp, formulas, 'y = Tanh (x)', { exactness: 'approximate' });
});

test('near misses stay', () => {
  const formulas = [
    'e = Exp(x); y = Div(Sub(e, 1), Add(e, 1))',
    'e = Exp(Mul(2, x)); y = Div(Add(e, 1), Sub(e, 1))',
  ];
  expectStays(foldTanhExp, formulas, { exactness: 'approximate' });
});
