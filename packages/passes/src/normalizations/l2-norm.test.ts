import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldL2Norm } from './l2-norm.ts';

const formulas = [
  'y = Div(x, ReduceL2(x, {-1}))',
  'y = Div(x, Max(ReduceL2(x, {1}), 1e-12))',
  'y = Div(x, Clip(ReduceL2(x, {1}), 1e-12))',
];

test('near zero the operator differs, so it is an approximation', () => {
  expectStays(foldL2Norm, formulas);
  expectFolds(foldL2Norm, formulas, 'y = LpNormalization <axis: int = 1, p: int = 2> (x)', {
    exactness: 'approximate',
  });
  const sum = ['y = Div(x, ReduceL1(x, {-1}))'];
  expectFolds(foldL2Norm, sum, 'y = LpNormalization <axis: int = 1, p: int = 1> (x)', {
    exactness: 'approximate',
  });
});

test('large epsilons, several axes and upper bounds stay', () => {
  const misses = [
    'y = Div(x, Max(ReduceL2(x, {1}), 0.5))',
    'y = Div(x, ReduceL2(x, {0,1}))',
    'y = Div(x, Clip(ReduceL2(x, {1}), 1e-12, 1))',
  ];
  expectStays(foldL2Norm, misses, { exactness: 'approximate' });
});
