import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldL2 } from './l2.ts';

const of = { outputs: 'float[2,1] y' };

test('roots of sums of squares', () => {
  const formulas = ['y = Sqrt(ReduceSum(Mul(x, x), {-1}))', 'y = Sqrt(ReduceSumSquare(x, {-1}))'];
  expectFolds(foldL2, formulas, 'y = ReduceL2 <keepdims: int = 1> (x, axes)', of);
});

test('an epsilon below the root, and means, stay', () => {
  const formulas = [
    'y = Sqrt(Add(ReduceSum(Mul(x, x), {-1}), 0.001))',
    'y = Sqrt(ReduceMean(Mul(x, x), {-1}))',
  ];
  expectStays(foldL2, formulas, of);
});
