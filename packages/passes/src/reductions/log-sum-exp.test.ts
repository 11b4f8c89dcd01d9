import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldLogSumExp } from './log-sum-exp.ts';

test('the stable form', () => {
  const formula = 'm = ReduceMax(x, {-1}); y = Add(Log(ReduceSum(Exp(Sub(x, m)), {1})), m)';
  const expected = 'y = ReduceLogSumExp <keepdims: int = 1> (x, axes)';
  expectFolds(foldLogSumExp, [formula], expected, { outputs: 'float[2,1] y' });
  const miss = formula.replace('{1}', '{0}');
  expectStays(foldLogSumExp, [miss], { outputs: 'float[2,1] y', dims: '2,2' });
});

test('the form that overflows is an approximation', () => {
  const of = { outputs: 'float[2] y' };
  const formula = 'y = Log(ReduceSum<keepdims = 0>(Exp(x), {-1}))';
  expectStays(foldLogSumExp, [formula], of);
  const expected = 'y = ReduceLogSumExp <keepdims: int = 0> (x, axes)';
  expectFolds(foldLogSumExp, [formula], expected, { ...of, exactness: 'approximate' });
});
