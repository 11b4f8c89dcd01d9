import { describe, expect, test } from 'vitest';
import { fromReals } from '../../src/tensor/reals.ts';
import { elements, f32, f64, i32, i64, numbers, u64, vector } from './run.ts';

const MIN32 = -(2 ** 31);
const MAX32 = 2 ** 31 - 1;
const MIN64 = -(2n ** 63n);
const MAX64 = 2n ** 63n - 1n;

describe('integers wrap around', () => {
  test('int32', () => {
    expect(numbers('Add', [i32(MAX32), i32(1)])).toEqual([MIN32]);
    expect(numbers('Sub', [i32(MIN32), i32(1)])).toEqual([MAX32]);
    expect(numbers('Mul', [i32(46341), i32(46341)])).toEqual([-2147479015]);
    expect(numbers('Abs', [i32(MIN32)])).toEqual([MIN32]);
    expect(numbers('Neg', [i32(MIN32)])).toEqual([MIN32]);
  });

  test('narrow and unsigned ones', () => {
    expect(numbers('Neg', [vector('int8', [-128])])).toEqual([-128]);
    expect(numbers('Add', [vector('uint8', [255]), vector('uint8', [1])])).toEqual([0]);
    expect(numbers('Sub', [vector('uint16', [0]), vector('uint16', [1])])).toEqual([65535]);
    expect(numbers('Mul', [vector('uint32', [0xffffffff]), vector('uint32', [0xffffffff])])).toEqual([1]);
    expect(numbers('Mul', [vector('int16', [256]), vector('int16', [256])])).toEqual([0]);
  });

  test('int64 and uint64, exact in every bit', () => {
    expect(elements('Add', [i64(MAX64, 2n ** 53n), i64(1n, 1n)])).toEqual([MIN64, 2n ** 53n + 1n]);
    expect(elements('Mul', [i64(3037000500n), i64(3037000500n)])).toEqual([-9223372036709301616n]);
    expect(elements('Sub', [u64(0n), u64(1n)])).toEqual([2n ** 64n - 1n]);
    expect(elements('Neg', [i64(MIN64)])).toEqual([MIN64]);
    expect(elements('Abs', [i64(MIN64)])).toEqual([MIN64]);
  });
});

describe('division of integers', () => {
  test('truncates toward zero', () => {
    expect(numbers('Div', [i32(-7, 7, -7, 7), i32(2, -2, -2, 2)])).toEqual([-3, -3, 3, 3]);
    expect(elements('Div', [i64(-(2n ** 62n) - 1n), i64(2n)])).toEqual([-(2n ** 61n)]);
  });
  test('by zero is an error, as is what is left over', () => {
    for (const op of ['Div', 'Mod']) {
      expect(() => numbers(op, [i32(5), i32(0)])).toThrow(`${op}: an integer is divided by zero`);
      expect(() => elements(op, [i64(5n), i64(0n)])).toThrow(`${op}: an integer is divided by zero`);
    }
  });
  test('of the least number by -1 wraps', () => {
    expect(numbers('Div', [i32(MIN32), i32(-1)])).toEqual([MIN32]);
    expect(elements('Div', [i64(MIN64), i64(-1n)])).toEqual([MIN64]);
  });
});

describe('BitShift', () => {
  test('by the width of the type or more gives 0', () => {
    const ones = vector('uint8', [255, 255, 255, 255]);
    expect(numbers('BitShift', [ones, vector('uint8', [7, 8, 9, 200])], { direction: 'LEFT' })).toEqual([
      ...[128, 0, 0, 0],
    ]);
    const wide = vector('uint32', [0xffffffff, 0xffffffff, 0xffffffff]);
    expect(numbers('BitShift', [wide, vector('uint32', [31, 32, 33])], { direction: 'RIGHT' })).toEqual([
      1, 0, 0,
    ]);
    expect(elements('BitShift', [u64(1n, 1n), u64(63n, 64n)], { direction: 'LEFT' })).toEqual([
      2n ** 63n,
      0n,
    ]);
  });
});

describe('Pow of integers', () => {
  test('is exact and wraps', () => {
    expect(numbers('Pow', [i32(2, 2, -2, 0), i32(31, 3, 3, 0)])).toEqual([MIN32, 8, -8, 1]);
    expect(elements('Pow', [i64(3n, 10n), i64(39n, 18n)])).toEqual([4052555153018976267n, 10n ** 18n]);
  });
  test('by a negative exponent is truncated', () => {
    expect(numbers('Pow', [i32(2, 1, -1), i32(-1, -1, -1)])).toEqual([0, 1, -1]);
  });
});

describe('reductions of integers', () => {
  const both = i32(MAX32, 1);
  test('wrap around, in the type of the data', () => {
    expect(numbers('ReduceSum', [both])).toEqual([MIN32]);
    expect(numbers('ReduceProd', [i32(65536, 65536)])).toEqual([0]);
    expect(numbers('ReduceSumSquare', [i32(46341, 1)])).toEqual([-2147479014]);
    expect(elements('ReduceSum', [i64(MAX64, 1n)])).toEqual([MIN64]);
  });
  test('means are truncated toward zero', () => {
    expect(numbers('ReduceMean', [i32(1, 2, 4)])).toEqual([2]);
    expect(numbers('ReduceMean', [i32(-1, -2, -4)])).toEqual([-2]);
  });
  test('of nothing give the neutral element, or the limit of the type', () => {
    const none = fromReals('int32', [0], []);
    expect(numbers('ReduceSum', [none])).toEqual([0]);
    expect(numbers('ReduceProd', [none])).toEqual([1]);
    expect(numbers('ReduceMax', [none])).toEqual([MIN32]);
    expect(numbers('ReduceMin', [none])).toEqual([MAX32]);
    expect(numbers('ReduceMean', [none])).toEqual([0]);
  });
});

test('CumSum of int64 is exact', () => {
  const axis = fromReals('int32', [], [0]);
  expect(elements('CumSum', [i64(2n ** 53n, 1n, MAX64), axis])).toEqual([
    ...[2n ** 53n, 2n ** 53n + 1n, BigInt.asIntN(64, 2n ** 53n + 1n + MAX64)],
  ]);
});

test('MatMul of integers wraps', () => {
  const a = fromReals('int32', [1, 2], [MAX32, MAX32]);
  expect(numbers('MatMul', [a, fromReals('int32', [2, 1], [1, 1])])).toEqual([-2]);
});

test('Mod of the widest integers', () => {
  expect(elements('Mod', [i64(MIN64, MAX64, -7n), i64(-1n, -2n, 3n)])).toEqual([0n, -1n, 2n]);
  expect(elements('Mod', [u64(2n ** 64n - 1n), u64(10n)])).toEqual([5n]);
});

test('Range of floats multiplies, so that errors do not add up', () => {
  const scalar = (v: number): ReturnType<typeof f32> => fromReals('float32', [], [v]);
  const step = Math.fround(0.1);
  const want = Array.from({ length: 8 }, (_, i) => Math.fround(i * step));
  expect(numbers('Range', [scalar(0), scalar(0.8), scalar(0.1)])).toEqual(want);
  const whole = (v: bigint): ReturnType<typeof i64> => i64(v).reshaped([]);
  expect(elements('Range', [whole(5n), whole(0n), whole(-2n)])).toEqual([5n, 3n, 1n]);
});

test('Mean and Sum of several operands round once', () => {
  const big = f32(2 ** 24);
  expect(numbers('Sum', [big, f32(1), f32(1)])).toEqual([2 ** 24 + 2]);
  expect(numbers('Mean', [f64(0.1), f64(0.2), f64(0.6)])[0]).toBeCloseTo(0.3, 15);
});
