import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldHardSigmoid } from './hard-sigmoid.ts';

test('a Clip of a line', () => {
  const formulas = [
    'y = Clip(Add(Mul(x, 0.25), 0.5), 0, 1)',
    'y = Div(Clip(Add(2, x), 0, 4), 4)',
    'y = Mul(Clip(Add(x, 2), 0, 4), 0.25)',
  ];
  expectFolds(foldHardSigmoid, formulas, 'y = HardSigmoid <alpha: float = 0.25, beta: float = 0.5> (x)');
  const sixth = ['y = Div(Clip(Add(x, 3), 0, 6), 6)', 'y = Mul(0.16666667, Clip(Add(x, 3), 0, 6))'];
  expectFolds(foldHardSigmoid, sixth, 'y = HardSigmoid <alpha: float = 0.16666667, beta: float = 0.5> (x)');
});

test('bounds as attributes, before opset 11', () => {
  const formulas = ['y = Div(Clip<min = 0.0, max = 4.0>(Add(x, 2)), 4)'];
  const expected = 'y = HardSigmoid <alpha: float = 0.25, beta: float = 0.5> (x)';
  expectFolds(foldHardSigmoid, formulas, expected, { opset: 10 });
});

test('near misses stay', () => {
  const formulas = [
    'y = Clip(Add(Mul(x, 0.2), 0.5), 0, 2)',
    'y = Clip(Add(Mul(x, 0.2), 0.5), -1, 1)',
    'y = Div(Clip(Add(x, 3), 0, 6), 5)',
    'y = Div(6, Clip(Add(x, 3), 0, 6))',
    'y = Div(Clip(Add(x, 3), 1, 6), 6)',
    'y = Clip(Add(Mul(x, c), 0.5), 0, 1)',
  ];
  expectStays(foldHardSigmoid, formulas, { constants: ['float[8] c = {1,2,3,4,5,6,7,8}'] });
});
