import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { mergeReductions } from './reduce-reduce.ts';

const dropped = { dims: '2,3,4,5', outputs: 'float[2,3] y' };

test('axes of the second count what the first leaves', () => {
  const formulas = [
    'y = ReduceMean<keepdims = 0>(ReduceMean<keepdims = 0>(x, {-1}), {-1})',
    'y = ReduceMean<keepdims = 0>(ReduceMean<keepdims = 0>(x, {2}), {2})',
  ];
  expectFolds(mergeReductions, formulas, 'y = ReduceMean <keepdims: int = 0> (x, axes)', dropped);
  const first = ['y = ReduceMax<keepdims = 0>(ReduceMax<keepdims = 0>(x, {0}), {1})'];
  const expected = 'y = ReduceMax <axes: ints = [0, 2], keepdims: int = 0> (x)';
  const old = first.map((f) =>
    f.replaceAll(/<keepdims = 0>\((.*?), \{(\d)\}\)/g, '<keepdims = 0>($1, {$2})'),
  );
  expectFolds(
    mergeReductions,
    ['y = ReduceMax<axes = [1], keepdims = 0>(ReduceMax<axes = [0], keepdims = 0>(x))'],
    expected,
    { dims: '2,3,4,5', outputs: 'float[3,5] y', opset: 17 },
  );
  expectFolds(mergeReductions, old, 'y = ReduceMax <keepdims: int = 0> (x, axes)', {
    dims: '2,3,4,5',
    outputs: 'float[3,5] y',
  });
});

test('reductions that keep their axes', () => {
  const formulas = ['y = ReduceSum(ReduceSum(x, {2}), {3})'];
  const of = { dims: '2,3,4,5', outputs: 'float[2,3,1,1] y' };
  expectFolds(mergeReductions, formulas, 'y = ReduceSum <keepdims: int = 1> (x, axes)', of);
});

test('two operators, and one that keeps its axes where the other does not, stay', () => {
  expectStays(
    mergeReductions,
    ['y = ReduceMax<keepdims = 0>(ReduceMean<keepdims = 0>(x, {3}), {2})'],
    dropped,
  );
  const mixed = { dims: '2,3,4,5', outputs: 'float[2,3,1] y', reason: 'axes' };
  expectStays(mergeReductions, ['y = ReduceSum<keepdims = 0>(ReduceSum(x, {3}), {2})'], mixed);
});
