import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { runTensor } from '../run-one.ts';

const floats = (dims: readonly number[], ...values: number[]) => fromReals('float32', dims, values);
const axes = (...values: number[]) => fromReals('int64', [values.length], values);
const values = (array: NdArray) => Array.from(reals(array));
const int64 = (...v: bigint[]) => new NdArray('int64', [v.length], new BigInt64Array(v));

test('every set of axes can be reduced', () => {
  const dims = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 });
  fc.assert(
    fc.property(dims, fc.nat(), (shape, pick) => {
      const count = shape.reduce((a, b) => a * b, 1);
      const x = fromReals(
        'float64',
        shape,
        Array.from({ length: count }, (_, i) => (i * i) % 17),
      );
      const reduced = shape.map((_, i) => i).filter((i) => (pick >> i) & 1);
      const y = runTensor('ReduceSum', [x, axes(...reduced)], { noop_with_empty_axes: 1 });
      // The definition, element by element.
      const sums = new Array<number>(y.size).fill(0);
      for (let n = 0; n < count; n += 1) {
        let rest = n;
        let place = 0;
        let step = 1;
        for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
          const size = shape[axis] ?? 1;
          if (!reduced.includes(axis)) {
            place += (rest % size) * step;
            step *= size;
          }
          rest = Math.floor(rest / size);
        }
        sums[place] = (sums[place] ?? 0) + (reals(x)[n] ?? 0);
      }
      expect(values(y)).toEqual(sums);
    }),
  );
});

test('sums are made in double and rounded once', () => {
  const x = floats([4], 16777216, 1, 1, 1);
  expect(values(runTensor('ReduceSum', [x]))).toEqual([16777220]);
});

test('reductions of nothing', () => {
  const none = floats([0, 2]);
  const reduce = (name: string) => values(runTensor(name, [none, axes(0)]));
  expect(reduce('ReduceSum')).toEqual([0, 0]);
  expect(reduce('ReduceProd')).toEqual([1, 1]);
  expect(reduce('ReduceMax')).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  expect(reduce('ReduceMin')).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  expect(reduce('ReduceMean')).toEqual([Number.NaN, Number.NaN]);
  expect(reduce('ReduceLogSumExp')).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  expect(values(runTensor('ReduceMax', [fromReals('int8', [0], [])]))).toEqual([-128]);
  expect(values(runTensor('ReduceMin', [fromReals('bool', [0], [])]))).toEqual([1]);
  expect(runTensor('ReduceMin', [int64()]).data).toEqual(new BigInt64Array([2n ** 63n - 1n]));
});

test('a no-op reduction still squares, takes magnitudes and logarithms', () => {
  const x = floats([2], -3, 1);
  const reduce = (name: string) => values(runTensor(name, [x], { noop_with_empty_axes: 1 }));
  expect(reduce('ReduceSum')).toEqual([-3, 1]);
  expect(reduce('ReduceSumSquare')).toEqual([9, 1]);
  expect(reduce('ReduceL1')).toEqual([3, 1]);
  expect(reduce('ReduceLogSumExp')).toEqual([-3, 1]);
});

test('integers are exact, wrap, and their mean truncates', () => {
  expect(values(runTensor('ReduceSum', [fromReals('int32', [2], [2 ** 31 - 1, 1])]))).toEqual([-(2 ** 31)]);
  expect(values(runTensor('ReduceMean', [fromReals('int32', [3], [-1, -2, -4])]))).toEqual([-2]);
  expect(runTensor('ReduceSum', [int64(2n ** 53n, 1n)]).data).toEqual(new BigInt64Array([2n ** 53n + 1n]));
  expect(runTensor('ReduceProd', [int64(2n ** 40n, 2n ** 23n)]).data).toEqual(
    new BigInt64Array([-(2n ** 63n)]),
  );
  expect(runTensor('ReduceMean', [int64(2n ** 62n, 2n ** 62n)]).data).toEqual(new BigInt64Array([2n ** 62n]));
  expect(runTensor('ReduceMax', [int64(2n ** 60n, 2n ** 60n + 1n)]).data).toEqual(
    new BigInt64Array([2n ** 60n + 1n]),
  );
  const large = new NdArray('uint64', [2], new BigUint64Array([2n ** 63n, 5n]));
  expect(runTensor('ReduceMin', [large]).data).toEqual(new BigUint64Array([5n]));
});

test('NaN passes through extremes', () => {
  const x = floats([3], 1, Number.NaN, 3);
  expect(values(runTensor('ReduceMax', [x]))).toEqual([Number.NaN]);
  expect(values(runTensor('ReduceMin', [x]))).toEqual([Number.NaN]);
});

test('LogSumExp does not overflow', () => {
  const y = runTensor('ReduceLogSumExp', [floats([2], 1000, 1000)]);
  expect(values(y)).toEqual([Math.fround(1000 + Math.LN2)]);
});

test('the first NaN is the most extreme, else the first of equals, or the last on request', () => {
  const place = (x: NdArray, attributes = {}) => Number(runTensor('ArgMax', [x], attributes).data[0]);
  expect(place(floats([4], 1, Number.NaN, 3, Number.NaN))).toBe(1);
  expect(place(floats([4], 1, 3, 3, 0))).toBe(1);
  expect(place(floats([4], 1, 3, 3, 0), { select_last_index: 1 })).toBe(2);
  expect(place(int64(2n ** 60n, 2n ** 60n + 1n))).toBe(1);
  expect(() => place(floats([0]))).toThrow('an empty axis has no extreme');
});

test('before opset 13 Softmax normalises everything from its axis on', () => {
  const x = floats([1, 2, 2], 0, 0, 0, 0);
  expect(values(runTensor('Softmax', [x], {}, { opset: 11 }))).toEqual([0.25, 0.25, 0.25, 0.25]);
  expect(values(runTensor('Softmax', [x], {}, { opset: 13 }))).toEqual([0.5, 0.5, 0.5, 0.5]);
});

test('Softmax subtracts the maximum, and has no answer for infinities', () => {
  const inf = Number.POSITIVE_INFINITY;
  expect(values(runTensor('Softmax', [floats([2], 1e30, 1e30)]))).toEqual([0.5, 0.5]);
  expect(values(runTensor('Softmax', [floats([2], -inf, -inf)]))).toEqual([Number.NaN, Number.NaN]);
  expect(values(runTensor('Softmax', [floats([2], inf, 0)]))).toEqual([Number.NaN, Number.NaN]);
});

test('LogSoftmax stays right where Softmax has become zero', () => {
  expect(values(runTensor('LogSoftmax', [floats([2], 1e4, -1e4)]))).toEqual([0, -20000]);
});

test('Hardmax marks the first largest element', () => {
  expect(values(runTensor('Hardmax', [floats([2, 3], 1, 3, 3, 0, 0, 0)]))).toEqual([0, 1, 0, 1, 0, 0]);
});
