import { test } from 'vitest';
import { expectFolds, expectSameOnSpecials, expectStays } from '../../test/rule-tests.ts';
import { foldLeakyRelu } from './leaky-relu.ts';

const formulas = [
  'y = Where(GreaterOrEqual(x, 0), x, Mul(x, 0.125))',
  'y = Where(Greater(x, 0), x, Mul(0.125, x))',
  'y = Where(Less(x, 0), Mul(x, 0.125), x)',
  'y = Where(Less(0, x), x, Div(x, 8))',
  'y = Max(x, Mul(x, 0.125))',
  'y = Sub(Relu(x), Mul(0.125, Relu(Neg(x))))',
  'y = Add(Relu(x), Mul(-0.125, Relu(Neg(x))))',
  'y = Add(Relu(x), Mul(Min(x, 0), 0.125))',
];

test('two slopes in many spellings', () => {
  expectFolds(foldLeakyRelu, formulas, 'y = LeakyRelu <alpha: float = 0.125> (x)');
});

test('NaN, infinities and large numbers go the same way', () => {
  for (const formula of formulas) expectSameOnSpecials(foldLeakyRelu, formula);
});

test('Max is LeakyRelu for slopes from 0 to 1 only', () => {
  expectStays(foldLeakyRelu, ['y = Max(x, Mul(x, 2))', 'y = Max(x, Mul(x, -0.5))'], { reason: 'alpha' });
  expectFolds(foldLeakyRelu, ['y = Where(Less(x, 0), Mul(x, 2), x)'], 'y = LeakyRelu <alpha: float = 2> (x)');
});

test('near misses stay', () => {
  const misses = [
    'y = Where(GreaterOrEqual(x, 0), Mul(x, 0.125), x)',
    'y = Where(GreaterOrEqual(x, 1), x, Mul(x, 0.125))',
    'y = Sub(Relu(x), Mul(0.125, Relu(x)))',
    'y = Sub(Mul(0.125, Relu(Neg(x))), Relu(x))',
    'y = Min(x, Mul(x, 0.125))',
    'y = Where(GreaterOrEqual(x, 0), x, Mul(x, c))',
  ];
  expectStays(foldLeakyRelu, misses, { constants: ['float[8] c = {1,2,3,4,5,6,7,8}'] });
});
