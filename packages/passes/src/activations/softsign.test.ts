import { test } from 'vitest';
import { expectFolds, expectSameOnSpecials, expectStays } from '../../test/rule-tests.ts';
import { foldSoftsign } from './softsign.ts';

test('x / (1 + Abs(x))', () => {
  const formulas = ['y = Div(x, Add(1, Abs(x)))', 'y = Mul(x, Reciprocal(Add(Abs(x), 1)))'];
  expectFolds(foldSoftsign, formulas, 'y = Softsign (x)');
  expectSameOnSpecials(foldSoftsign, 'y = Div(x, Add(1, Abs(x)))');
});

test('near misses stay', () => {
  expectStays(foldSoftsign, [
    'y = Div(x, Add(2, Abs(x)))',
    'y = Div(Add(1, Abs(x)), x)',
    'y = Div(x, Add(1, x))',
  ]);
  expectStays(foldSoftsign, ['y = Div(z, Add(1, Abs(x)))'], { inputs: 'float[2,8] x, float[2,8] z' });
});
