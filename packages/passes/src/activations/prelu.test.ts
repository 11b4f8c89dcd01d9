import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldPrelu } from './prelu.ts';

const of = { dims: '2,3,4', constants: ['float[3,1] s = {0.25, -0.5, 2}'] };

test('two slopes, one for each channel', () => {
  const formulas = [
    'y = Sub(Relu(x), Mul(s, Relu(Neg(x))))',
    'y = Add(Relu(x), Mul(s, Min(x, 0)))',
    'y = Where(GreaterOrEqual(x, 0), x, Mul(s, x))',
    'y = Where(Less(x, 0), Mul(x, s), x)',
  ];
  expectFolds(foldPrelu, formulas, 'y = PRelu (x, s)', of);
});

test('a sum of both halves has the negative of the slopes', () => {
  expectFolds(foldPrelu, ['y = Add(Relu(x), Mul(s, Relu(Neg(x))))'], 'y = PRelu (x, s_1)', of);
});

test('the form by Abs is NaN at infinities, so it is an approximation', () => {
  const formula = 'y = Add(Relu(x), Mul(Mul(s, Sub(x, Abs(x))), 0.5))';
  expectStays(foldPrelu, [formula], of);
  expectFolds(foldPrelu, [formula], 'y = PRelu (x, s)', { ...of, exactness: 'approximate' });
});

test('slopes that widen x, and one slope for all, stay', () => {
  const formula = 'y = Sub(Relu(x), Mul(s, Relu(Neg(x))))';
  const wide = { dims: '3,4', outputs: 'float[2,3,4] y', constants: ['float[2,1,1] s = {1, 2}'] };
  expectStays(foldPrelu, [formula], { ...wide, reason: 'slope-widens' });
  expectStays(foldPrelu, [formula], { dims: '3,4', constants: ['float[1] s = {2}'] });
});
