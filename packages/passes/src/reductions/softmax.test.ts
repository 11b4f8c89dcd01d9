import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldSoftmax } from './softmax.ts';

const of = { dims: '2,3,4', opset: 18 };
const by = (max: string, sum: string): string =>
  `e = Exp(Sub(x, ReduceMax(x, ${max}))); y = Div(e, ReduceSum(e, ${sum}))`;

test('exponentials of what is left of the maximum, over their sum', () => {
  const last = 'y = Softmax <axis: int = -1> (x)';
  const other =
    'y = Mul(Exp(Sub(x, ReduceMax(x, {2}))), Reciprocal(ReduceSum(Exp(Sub(x, ReduceMax(x, {2}))), {2})))';
  expectFolds(foldSoftmax, [by('{-1}', '{-1}'), by('{2}', '{-1}'), other], last, of);
  expectFolds(foldSoftmax, [by('{1}', '{1}')], 'y = Softmax <axis: int = 1> (x)', of);
});

test('before opset 13 only the last axis', () => {
  const attributes = (axis: number): string =>
    `e = Exp(Sub(x, ReduceMax<axes = [${axis}]>(x))); y = Div(e, ReduceSum<axes = [${axis}]>(e))`;
  const old = { ...of, opset: 12 };
  expectFolds(foldSoftmax, [attributes(2)], 'y = Softmax <axis: int = -1> (x)', old);
  expectStays(foldSoftmax, [attributes(1)], { ...old, reason: 'axes' });
});

test('axes that differ, several axes, and other values stay', () => {
  expectStays(foldSoftmax, [by('{1}', '{2}'), by('{1,2}', '{1,2}')], of);
  const formulas = [
    by('{2}', '{2}').replace('Sub(x, ReduceMax(x, {2}))', 'Sub(ReduceMax(x, {2}), x)'),
    by('{2}', '{2}').replace('ReduceMax', 'ReduceMin'),
    by('{2}', '{2}').replace('ReduceSum', 'ReduceMean'),
  ];
  expectStays(foldSoftmax, formulas, of);
});

test('without the maximum Exp overflows, so it is an approximation', () => {
  const formula = 'e = Exp(x); y = Div(e, ReduceSum(e, {-1}))';
  expectStays(foldSoftmax, [formula], of);
  expectFolds(foldSoftmax, [formula], 'y = Softmax <axis: int = -1> (x)', {
    ...of,
    exactness: 'approximate',
  });
});
