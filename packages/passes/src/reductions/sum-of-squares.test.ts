import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldSumOfSquares } from './sum-of-squares.ts';

const of = { outputs: 'float[2,1] y' };

test('sums of squares, axes as the opset has them', () => {
  const formulas = ['y = ReduceSum(Mul(x, x), {-1})', 'y = ReduceSum(Pow(x, 2), {1})'];
  expectFolds(foldSumOfSquares, formulas, 'y = ReduceSumSquare <keepdims: int = 1> (x, axes)', of);
  const old = 'y = ReduceSumSquare <axes: ints = [1], keepdims: int = 1> (x)';
  expectFolds(foldSumOfSquares, formulas.slice(0, 1), old, { ...of, opset: 17 });
});

test('near misses stay', () => {
  expectStays(foldSumOfSquares, ['y = ReduceSum(Pow(x, 3), {-1})', 'y = ReduceMean(Mul(x, x), {-1})'], of);
  expectStays(foldSumOfSquares, ['y = ReduceSum(Mul(x, z), {-1})'], {
    ...of,
    inputs: 'float[2,8] x, float[2,8] z',
  });
});
