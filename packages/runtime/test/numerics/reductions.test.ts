import { describe, expect, test } from 'vitest';
import { runOne } from '../../src/kernels/run-one.ts';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals, reals } from '../../src/tensor/reals.ts';
import { f32, i64, numbers } from './run.ts';

const INF = Number.POSITIVE_INFINITY;
const NAN = Number.NaN;

const rows = (...values: readonly (readonly number[])[]): NdArray =>
  fromReals('float32', [values.length, values[0]?.length ?? 0], values.flat());

describe('sums are accumulated in double and rounded once', () => {
  // 2^20 multiples of 2^-24 in [0, 1): their sum is exact in double, and not nearly so in float32.
  const parts = Array.from({ length: 2 ** 20 }, (_, i) => ((i * 7919) % 2 ** 24) / 2 ** 24);
  const exact = parts.reduce((a, b) => a + b, 0);
  const x = f32(...parts.slice(0, 0));
  const all = fromReals('float32', [parts.length], parts);

  test('ReduceSum, MatMul, Einsum and Gemm give the float32 nearest to the sum', () => {
    const want = Math.fround(exact);
    const ones = fromReals('float32', [parts.length, 1], new Float32Array(parts.length).fill(1));
    const row = all.reshaped([1, parts.length]);
    expect(numbers('ReduceSum', [all])).toEqual([want]);
    expect(numbers('MatMul', [row, ones])).toEqual([want]);
    expect(numbers('Gemm', [row, ones])).toEqual([want]);
    expect(numbers('Einsum', [row, ones], { equation: 'ij,jk->ik' })).toEqual([want]);
    expect(numbers('ReduceMean', [all])).toEqual([Math.fround(exact / parts.length)]);
    expect(parts.reduce((a, b) => Math.fround(a + b), 0)).not.toBe(want);
  });

  test('of nothing are 0', () => {
    expect(numbers('ReduceSum', [x])).toEqual([0]);
  });

  test('what cancels leaves what is small', () => {
    expect(numbers('ReduceSum', [f32(1e8, 1, -1e8)])).toEqual([1]);
    expect(numbers('CumSum', [f32(1e8, 1, -1e8), fromReals('int32', [], [0])])).toEqual([1e8, 1e8, 1]);
    expect(numbers('Sum', [f32(1e8), f32(1), f32(-1e8)])).toEqual([1]);
  });
});

describe('reductions of nothing', () => {
  const none = fromReals('float32', [0], []);
  test.each([
    ['ReduceSum', 0],
    ['ReduceProd', 1],
    ['ReduceMax', -INF],
    ['ReduceMin', INF],
    ['ReduceMean', NAN],
    ['ReduceL1', 0],
    ['ReduceL2', 0],
    ['ReduceSumSquare', 0],
    ['ReduceLogSum', -INF],
    ['ReduceLogSumExp', -INF],
  ] as const)('%s gives %d', (op, neutral) => {
    expect(numbers(op, [none])).toEqual([neutral]);
  });
});

describe('NaN in reductions', () => {
  test.each(['ReduceMax', 'ReduceMin', 'ReduceSum', 'ReduceProd', 'ReduceMean', 'ReduceL1', 'ReduceL2'])(
    '%s hands it on, wherever it stands',
    (op) => {
      expect(numbers(op, [f32(NAN, 1)])).toEqual([NAN]);
      expect(numbers(op, [f32(1, NAN)])).toEqual([NAN]);
    },
  );
});

describe('no overflow on the way', () => {
  test('ReduceL2 and ReduceLogSumExp', () => {
    expect(numbers('ReduceL2', [f32(3e38, 0)])).toEqual([Math.fround(3e38)]);
    expect(numbers('ReduceLogSumExp', [f32(1000, 1000)])).toEqual([Math.fround(1000 + Math.LN2)]);
  });
  test('ReduceLogSumExp at infinity', () => {
    const x = rows([-INF, -INF], [INF, -INF], [INF, INF], [NAN, 1]);
    expect(numbers('ReduceLogSumExp', [x, i64(1n)])).toEqual([-INF, INF, INF, NAN]);
  });
  test('MeanVarianceNormalization', () => {
    const x = fromReals('float32', [1, 1, 1, 2], [3e38, -3e38]);
    expect(numbers('MeanVarianceNormalization', [x])).toEqual([1, -1]);
  });
});

describe('Softmax and LogSoftmax', () => {
  test('subtract the largest, so that far scores stay apart', () => {
    expect(numbers('Softmax', [rows([1e4, -1e4], [1000, 1000])])).toEqual([1, 0, 0.5, 0.5]);
    expect(numbers('LogSoftmax', [rows([1e4, -1e4])])).toEqual([0, -20000]);
  });
  test('a row of -infinity, or with infinity or NaN, is NaN', () => {
    const x = rows([-INF, -INF], [INF, 1], [NAN, 1]);
    for (const op of ['Softmax', 'LogSoftmax']) expect(numbers(op, [x])).toEqual(new Array(6).fill(NAN));
  });
  test('-infinity beside a number has probability 0', () => {
    expect(numbers('Softmax', [rows([-INF, 1])])).toEqual([0, 1]);
    expect(numbers('LogSoftmax', [rows([-INF, 1])])).toEqual([-INF, 0]);
  });
  test('before opset 13 all axes from one on are normalised together', () => {
    const x = fromReals('float32', [1, 2, 2], [1, 2, 3, 4]);
    const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
    expect(sum(numbers('Softmax', [x], { axis: 1 }, { opset: 11 }))).toBeCloseTo(1, 6);
    expect(sum(numbers('Softmax', [x], { axis: 1 }, { opset: 13 }))).toBeCloseTo(2, 6);
  });
});

describe('places of extremes', () => {
  const place = (op: string, x: readonly number[], last = 0): number[] =>
    numbers(op, [f32(...x)], { axis: 0, select_last_index: last, keepdims: 0 });

  test('the first of equals, or the last where that is asked for', () => {
    expect(place('ArgMax', [1, 3, 3])).toEqual([1]);
    expect(place('ArgMax', [1, 3, 3], 1)).toEqual([2]);
    expect(place('ArgMin', [2, 1, 1])).toEqual([1]);
    expect(place('ArgMin', [2, 1, 1], 1)).toEqual([2]);
  });
  test('the first NaN is the extreme', () => {
    expect(place('ArgMax', [1, NAN, 3, 3])).toEqual([1]);
    expect(place('ArgMin', [1, NAN, 0])).toEqual([1]);
    expect(place('ArgMax', [1, NAN, 3, NAN], 1)).toEqual([3]);
  });
  test('0 and -0 are equal', () => {
    expect(place('ArgMax', [-0, 0])).toEqual([0]);
    expect(place('ArgMin', [0, -0])).toEqual([0]);
  });
});

describe('TopK', () => {
  const top = (x: readonly number[], attributes = {}): number[][] =>
    runOne('TopK', [f32(...x), i64(2n)], attributes, { outputs: 2 }).map((v) =>
      v.kind === 'tensor' ? Array.from(reals(v)) : [],
    );
  test('equal elements come in the order of their places', () => {
    expect(top([1, 3, 3, 3, 2])).toEqual([
      [3, 3],
      [1, 2],
    ]);
    expect(top([1, 3, 1, 1, 2], { largest: 0 })).toEqual([
      [1, 1],
      [0, 2],
    ]);
  });
  test('NaN is the largest', () => {
    expect(top([1, NAN, 3])).toEqual([
      [NAN, 3],
      [1, 2],
    ]);
    expect(top([1, NAN, 3], { largest: 0 })).toEqual([
      [1, 3],
      [0, 2],
    ]);
  });
});
