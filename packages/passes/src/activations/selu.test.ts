import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldSelu } from './selu.ts';

test('a scaled Elu', () => {
  const formulas = [
    'y = Mul(1.050701, Elu<alpha = 1.6732632>(x))',
    'y = Mul(Elu<alpha = 1.6732632>(x), 1.050701)',
  ];
  expectFolds(foldSelu, formulas, 'y = Selu <alpha: float = 1.6732632, gamma: float = 1.050701> (x)');
});

test('a factor for each channel, and one that turns it over, stay', () => {
  expectStays(foldSelu, ['y = Mul(c, Elu(x))'], { constants: ['float[8] c = {1,2,3,4,5,6,7,8}'] });
  expectStays(foldSelu, ['y = Mul(-1.5, Elu(x))', 'y = Div(2, Elu(x))']);
});
