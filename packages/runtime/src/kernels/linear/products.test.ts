import { expect, test } from 'vitest';
import { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { runTensor } from '../run-one.ts';

const floats = (dims: readonly number[], ...values: number[]) => fromReals('float32', dims, values);
const counted = (...dims: number[]) =>
  fromReals(
    'float32',
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i + 1),
  );
const values = (array: NdArray) => Array.from(reals(array));

test('MatMul treats vectors as a row on the left and a column on the right', () => {
  const m = floats([2, 2], 1, 2, 3, 4);
  const v = floats([2], 10, 1);
  expect(values(runTensor('MatMul', [v, m]))).toEqual([13, 24]);
  expect(values(runTensor('MatMul', [m, v]))).toEqual([12, 34]);
  const dot = runTensor('MatMul', [v, v]);
  expect([dot.dims, values(dot)]).toEqual([[], [101]]);
});

test('MatMul broadcasts batch axes of both operands', () => {
  const a = counted(2, 1, 1, 2);
  const b = counted(3, 2, 1);
  const y = runTensor('MatMul', [a, b]);
  expect(y.dims).toEqual([2, 3, 1, 1]);
  expect(values(y)).toEqual([5, 11, 17, 11, 25, 39]);
});

test('MatMul of nothing is zero', () => {
  expect(values(runTensor('MatMul', [counted(2, 0), counted(0, 2)]))).toEqual([0, 0, 0, 0]);
  expect(runTensor('MatMul', [counted(0, 3), counted(3, 2)]).dims).toEqual([0, 2]);
});

test('integer products are exact and wrap', () => {
  const big = (...v: bigint[]) => new NdArray('int64', [v.length], new BigInt64Array(v));
  expect(runTensor('MatMul', [big(3037000499n, 1n), big(3037000499n, 6n)]).data).toEqual(
    new BigInt64Array([3037000499n ** 2n + 6n]),
  );
  expect(runTensor('MatMul', [big(2n ** 62n), big(2n)]).data).toEqual(new BigInt64Array([-(2n ** 63n)]));
  const small = fromReals('int32', [1], [2 ** 31 - 1]);
  expect(values(runTensor('MatMul', [small, small]))).toEqual([1]);
  const unsigned = new NdArray('uint64', [1], new BigUint64Array([2n ** 64n - 1n]));
  expect(runTensor('MatMul', [unsigned, unsigned]).data).toEqual(new BigUint64Array([1n]));
});

test('float16 products are summed in double and rounded once', () => {
  const a = fromReals('float16', [3], [2048, 1, 1]);
  const ones = fromReals('float16', [3], [1, 1, 1]);
  expect(values(runTensor('MatMul', [a, ones]))).toEqual([2050]);
});

test('Gemm scales both parts and broadcasts C', () => {
  const a = floats([2, 1], 1, 2);
  const b = floats([3, 1], 1, 10, 100);
  const y = runTensor('Gemm', [a, b, floats([2, 1], 1, -1)], { transB: 1, alpha: 2, beta: 0.5 });
  expect(values(y)).toEqual([2.5, 20.5, 200.5, 3.5, 39.5, 399.5]);
  expect(values(runTensor('Gemm', [a, b, undefined], { transB: 1 }))).toEqual([1, 10, 100, 2, 20, 200]);
});

test('integer Gemm is exact', () => {
  const a = new NdArray('int64', [1, 1], new BigInt64Array([2n ** 53n + 1n]));
  const one = new NdArray('int64', [1, 1], new BigInt64Array([1n]));
  expect(runTensor('Gemm', [a, one, one], { beta: -3 }).data).toEqual(new BigInt64Array([2n ** 53n - 2n]));
});

test('determinants follow row exchanges', () => {
  const x = floats([3, 2, 2], 0, 1, 1, 0, 2, 3, 4, 5, 1, 2, 2, 4);
  expect(values(runTensor('Det', [x]))).toEqual([-1, -2, 0]);
  expect(values(runTensor('Det', [floats([0, 0])]))).toEqual([1]);
});

test('operands that do not fit are refused', () => {
  expect(() => runTensor('MatMul', [counted(2, 3), counted(2, 3)])).toThrow('do not multiply');
  expect(() => runTensor('MatMul', [counted(2, 2), undefined])).toThrow('input 1 is missing');
  const text = new NdArray('string', [1], ['a']);
  expect(() => runTensor('MatMul', [text, text])).toThrow('not real numbers');
});
