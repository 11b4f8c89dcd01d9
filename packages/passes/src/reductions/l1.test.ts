import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldL1 } from './l1.ts';

test('sums of magnitudes', () => {
  const of = { outputs: 'float[2] y' };
  const expected = 'y = ReduceL1 <keepdims: int = 0> (x, axes)';
  expectFolds(foldL1, ['y = ReduceSum<keepdims = 0>(Abs(x), {-1})'], expected, of);
  expectStays(
    foldL1,
    ['y = Abs(ReduceSum<keepdims = 0>(x, {-1}))', 'y = ReduceMean<keepdims = 0>(Abs(x), {-1})'],
    of,
  );
});
