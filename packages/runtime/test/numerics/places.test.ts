import { describe, expect, test } from 'vitest';
import { runOne } from '../../src/kernels/run-one.ts';
import { fromReals, reals } from '../../src/tensor/reals.ts';
import { f32, i64, numbers } from './run.ts';

const NAN = Number.NaN;

describe('indices', () => {
  test('negative ones count from the end', () => {
    expect(numbers('Gather', [f32(1, 2, 3), i64(-1n, 0n)])).toEqual([3, 1]);
    expect(numbers('GatherElements', [f32(1, 2, 3), i64(-3n)])).toEqual([1]);
    const x = fromReals('float32', [2, 2], [1, 2, 3, 4]);
    expect(numbers('GatherND', [x, fromReals('int64', [1, 2], [-1, 0])])).toEqual([3]);
  });

  test('out of range they are an error', () => {
    for (const op of ['Gather', 'GatherElements']) {
      for (const index of [3n, -4n]) expect(() => numbers(op, [f32(1, 2, 3), i64(index)])).toThrow(op);
    }
    expect(() => numbers('ScatterElements', [f32(1), i64(1n), f32(5)])).toThrow('ScatterElements');
  });

  test('of OneHot out of range choose nothing', () => {
    const one = numbers('OneHot', [i64(-1n, 3n, -4n), fromReals('int64', [], [3]), f32(0, 1)]);
    expect(one).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0]);
  });

  test('that occur twice: the last update stays, or all are combined', () => {
    const [x, at, updates] = [f32(0, 0, 0), i64(1n, 1n), f32(5, 7)];
    expect(numbers('ScatterElements', [x, at, updates])).toEqual([0, 7, 0]);
    expect(numbers('ScatterElements', [x, at, updates], { reduction: 'add' })).toEqual([0, 12, 0]);
    expect(numbers('ScatterElements', [x, at, updates], { reduction: 'max' })).toEqual([0, 7, 0]);
  });

  test('of Slice are clamped, to the ends of int64 as well', () => {
    const x = f32(1, 2, 3);
    expect(numbers('Slice', [x, i64(-9n), i64(2n ** 63n - 1n)])).toEqual([1, 2, 3]);
    expect(numbers('Slice', [x, i64(2n), i64(-(2n ** 63n)), i64(0n), i64(-1n)])).toEqual([3, 2, 1]);
  });
});

test('Unique: NaN is unlike any NaN, 0 is like -0', () => {
  const outputs = runOne('Unique', [f32(NAN, 1, NAN, 0, -0)], {}, { outputs: 4 });
  const [values, first, inverse, counts] = outputs.map((v) =>
    v.kind === 'tensor' ? Array.from(reals(v)) : [],
  );
  expect(values).toEqual([0, 1, NAN, NAN]);
  expect(first).toEqual([3, 1, 0, 2]);
  expect(inverse).toEqual([2, 1, 3, 0, 0]);
  expect(counts).toEqual([2, 1, 1, 1]);
});

test('NonZero: NaN is not zero, -0 is', () => {
  expect(numbers('NonZero', [f32(NAN, -0, 1)])).toEqual([0, 2]);
});

describe('Resize computes coordinates in the order of the specification', () => {
  const row = (...values: number[]): ReturnType<typeof f32> =>
    fromReals('float32', [1, 1, 1, values.length], values);
  const scales = (s: number): ReturnType<typeof f32> => f32(1, 1, 1, s);
  test('nearest, where ties depend on the last bit', () => {
    expect(numbers('Resize', [row(1, 2, 3, 4), undefined, scales(0.6)], { mode: 'nearest' })).toEqual([1, 3]);
    expect(numbers('Resize', [row(1, 2), undefined, scales(2)], { mode: 'nearest' })).toEqual([1, 1, 2, 2]);
  });
  test('align_corners, where a scale makes a fraction of a pixel, which counts', () => {
    const attributes = { mode: 'linear', coordinate_transformation_mode: 'align_corners' };
    // 4 pixels become 2.4, of which there are 2: the second lies at 3 / 1.4.
    const [first, second = 0] = numbers('Resize', [row(1, 2, 3, 4), undefined, scales(0.6)], attributes);
    expect(first).toBe(1);
    expect(second).toBeCloseTo(1 + 3 / 1.4, 5);
  });
  test('cubic', () => {
    const got = numbers('Resize', [row(1, 2, 3), undefined, scales(2.5)], { mode: 'cubic' });
    const want = [0.88975, 1.07525, 1.40625, 1.85725, 2.38925, 2.76825, 3.06075];
    want.forEach((w, i) => {
      expect(got[i]).toBeCloseTo(w, 5);
    });
  });
});
