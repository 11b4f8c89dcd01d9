import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldLogSoftmax } from './log-softmax.ts';

const of = { dims: '2,3,4' };

test('x less the logarithm of the sum of its exponentials', () => {
  const formulas = [
    'y = Sub(x, ReduceLogSumExp(x, {-1}))',
    's = Sub(x, ReduceMax(x, {2})); y = Sub(s, Log(ReduceSum(Exp(s), {2})))',
  ];
  expectFolds(foldLogSoftmax, formulas, 'y = LogSoftmax <axis: int = -1> (x)', of);
  expectFolds(
    foldLogSoftmax,
    ['y = Sub(x, ReduceLogSumExp(x, {1}))'],
    'y = LogSoftmax <axis: int = 1> (x)',
    of,
  );
});

test('near misses stay', () => {
  const formulas = [
    'y = Sub(ReduceLogSumExp(x, {-1}), x)',
    'y = Add(x, ReduceLogSumExp(x, {-1}))',
    'y = Sub(x, ReduceLogSumExp(x, {1,2}))',
  ];
  expectStays(foldLogSoftmax, formulas, of);
  expectStays(foldLogSoftmax, ['y = Sub(x, ReduceLogSumExp<keepdims = 0>(x, {2}))'], { dims: '4,4,4' });
});
