import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldMean } from './mean.ts';

const of = { dims: '2,4,5', outputs: 'float[2,1,1] y' };

test('a sum over its count', () => {
  const formulas = ['y = Div(ReduceSum(x, {1,2}), 20)', 'y = Mul(0.05, ReduceSum(x, {-1,-2}))'];
  expectFolds(foldMean, formulas, 'y = ReduceMean <keepdims: int = 1> (x, axes)', of);
});

test('other counts, sizes that are not known, and integers stay', () => {
  expectStays(foldMean, ['y = Div(ReduceSum(x, {1,2}), 19)', 'y = Div(20, ReduceSum(x, {1,2}))'], of);
  const open = { inputs: 'float[N,M] x', outputs: 'float[N,1] y', reason: 'count' };
  expectStays(foldMean, ['y = Div(ReduceSum(x, {1}), 20)'], open);
  expectStays(foldMean, ['y = Div(ReduceSum(x, {1,2}), 20)'], {
    ...of,
    dtype: 'int32',
    outputs: 'int32[2,1,1] y',
  });
});
