import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldSigmoid } from './sigmoid.ts';

test('1 / (1 + Exp(-x))', () => {
  const formulas = ['y = Div(1, Add(1, Exp(Neg(x))))', 'y = Reciprocal(Add(Exp(Mul(x, -1)), 1))'];
  expectFolds(foldSigmoid, formulas, 'y = Sigmoid (x)');
  const wide = { dtype: 'double' };
  expectFolds(foldSigmoid, formulas, 'y = Sigmoid (x)', wide);
});

test('near misses stay', () => {
  const formulas = [
    'y = Div(2, Add(1, Exp(Neg(x))))',
    'y = Reciprocal(Add(1, Exp(x)))',
    'y = Add(1, Exp(Neg(x)))',
    'y = Div(Exp(x), Add(1, Exp(x)))',
  ];
  expectStays(foldSigmoid, formulas);
});
