import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldElu } from './elu.ts';

test('a cut exponential', () => {
  const formulas = [
    'y = Where(Greater(x, 0), x, Mul(1.5, Sub(Exp(x), 1)))',
    'y = Where(Less(x, 0), Mul(Add(Exp(x), -1), 1.5), x)',
    'y = Add(Relu(x), Mul(1.5, Sub(Exp(Min(x, 0)), 1)))',
  ];
  expectFolds(foldElu, formulas, 'y = Elu <alpha: float = 1.5> (x)');
  const plain = [
    'y = Where(Greater(x, 0), x, Sub(Exp(x), 1))',
    'y = Add(Relu(x), Sub(Exp(Min(0, x)), 1))',
    'y = Add(Min(Sub(Exp(x), 1), 0), Relu(x))',
  ];
  expectFolds(foldElu, plain, 'y = Elu <alpha: float = 1> (x)');
});

test('near misses stay', () => {
  const formulas = [
    'y = Where(Greater(x, 0), x, Exp(x))',
    'y = Where(Greater(x, 0), x, Sub(1, Exp(x)))',
    'y = Where(Greater(x, 0), Sub(Exp(x), 1), x)',
    'y = Where(Greater(x, 0), x, Sub(Exp(Neg(x)), 1))',
    'y = Add(Relu(x), Sub(Exp(Max(x, 0)), 1))',
  ];
  expectStays(foldElu, formulas);
});
