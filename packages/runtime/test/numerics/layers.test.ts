import { describe, expect, test } from 'vitest';
import { runOne } from '../../src/kernels/run-one.ts';
import { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals, reals } from '../../src/tensor/reals.ts';
import { elements, f32, i64, numbers, u64 } from './run.ts';

const INF = Number.POSITIVE_INFINITY;
const NAN = Number.NaN;

const array = (dims: readonly number[], ...values: number[]): NdArray => fromReals('float32', dims, values);
const halves = (dims: readonly number[], ...values: number[]): NdArray => fromReals('float16', dims, values);
const ones = (dims: readonly number[]): NdArray =>
  fromReals('float32', dims, new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(1));

describe('normalization', () => {
  test('takes the mean away before it squares, so that a large mean does not cancel the variance', () => {
    const x = array([1, 4], 16777216, 16777218, 16777220, 16777222);
    const want = [-3, -1, 1, 3].map((v) => Math.fround(v / Math.sqrt(5 + Math.fround(1e-5))));
    expect(numbers('LayerNormalization', [x, ones([4])])).toEqual(want);
    const image = x.reshaped([1, 1, 4]);
    expect(numbers('InstanceNormalization', [image, ones([1]), array([1], 0)])).toEqual(want);
  });

  test('of equal numbers gives the bias', () => {
    expect(numbers('LayerNormalization', [array([1, 3], 1, 1, 1), ones([3]), f32(5, 6, 7)])).toEqual([
      5, 6, 7,
    ]);
  });

  test('of float16 overflows nowhere on the way', () => {
    const x = halves([1, 2], 60000, -60000);
    expect(numbers('LayerNormalization', [x, halves([2], 1, 1)])).toEqual([1, -1]);
    expect(numbers('RMSNormalization', [x, halves([2], 1, 1)])).toEqual([1, -1]);
  });

  test('a row of zeros stays zero in LpNormalization', () => {
    expect(numbers('LpNormalization', [array([2, 2], 0, 0, 3, 4)])).toEqual([
      0,
      0,
      Math.fround(0.6),
      Math.fround(0.8),
    ]);
  });
});

describe('local response normalization', () => {
  test('of an even size takes one channel more after than before', () => {
    const x = array([1, 4, 1], 1, 2, 3, 4);
    const y = numbers('LRN', [x], { size: 2, alpha: 2, beta: 1, bias: 1 });
    const sums = [1 + 4, 4 + 9, 9 + 16, 16];
    expect(y).toEqual(sums.map((sum, i) => Math.fround((i + 1) / (1 + sum))));
  });
});

describe('Dropout that is not training', () => {
  test('hands the data through, with a mask that keeps all of it', () => {
    for (const opset of [7, 10, 12, 22]) {
      const [y, mask] = runOne('Dropout', [f32(1, -2)], {}, { opset, outputs: 2 });
      expect(y?.kind === 'tensor' && Array.from(reals(y))).toEqual([1, -2]);
      expect(mask?.kind === 'tensor' && Array.from(reals(mask))).toEqual([1, 1]);
    }
  });
});

describe('convolution', () => {
  test('sums in double and rounds once, with the bias', () => {
    const x = array([1, 3, 1, 1], 1e8, 1, -1e8);
    expect(numbers('Conv', [x, ones([1, 3, 1, 1])])).toEqual([1]);
    expect(numbers('Conv', [array([1, 1, 1, 1], 1), array([1, 1, 1, 1], 1e8), f32(-1e8)])).toEqual([0]);
  });
  test('with infinity: padding is a zero that takes no part', () => {
    const x = array([1, 1, 1, 2], 1, 2);
    const w = array([1, 1, 1, 3], INF, 1, 1);
    expect(numbers('Conv', [x, w], { pads: [0, 1, 0, 1] })).toEqual([3, INF]);
  });
});

describe('sums of other types', () => {
  const sizes = [i64(1n, 3n), i64(1n, 2n)];
  test('Col2Im of int64 is exact, of uint64 wraps', () => {
    const big = 2n ** 60n + 1n;
    const columns = i64(big, 2n, 3n, big).reshaped([1, 2, 2]);
    expect(elements('Col2Im', [columns, ...sizes])).toEqual([big, 5n, big]);
    const top = 2n ** 64n - 1n;
    expect(elements('Col2Im', [u64(1n, top, 2n, 3n).reshaped([1, 2, 2]), ...sizes])).toEqual([1n, 1n, 3n]);
  });
  test('Col2Im and GridSample of complex numbers take their parts apart', () => {
    const complex = (dims: readonly number[], ...parts: number[]): NdArray =>
      new NdArray('complex64', dims, Float32Array.from(parts));
    const columns = complex([1, 2, 2], 1, 10, 2, 20, 3, 30, 4, 40);
    expect(elements('Col2Im', [columns, ...sizes])).toEqual([1, 10, 5, 50, 4, 40]);
    const image = complex([1, 1, 1, 2], 1, 10, 3, 30);
    const grid = array([1, 1, 1, 2], 0, 0);
    expect(elements('GridSample', [image, grid], { mode: 'linear', align_corners: 1 })).toEqual([2, 20]);
  });
});

test('Shrink of int64 truncates, and keeps what doubles cannot hold', () => {
  const attributes = { lambd: 2.5, bias: 1.5 };
  expect(elements('Shrink', [i64(5n, 2n, -5n, 2n ** 60n + 1n)], attributes)).toEqual([
    3n,
    0n,
    -3n,
    2n ** 60n,
  ]);
});

describe('pooling', () => {
  test('a window of MaxPool with NaN is NaN', () => {
    expect(numbers('MaxPool', [array([1, 1, 3], 1, NAN, 2)], { kernel_shape: [2] })).toEqual([NAN, NAN]);
  });
  test('padding of MaxPool is less than every number, -infinity included', () => {
    const x = array([1, 1, 2], -INF, -5);
    expect(numbers('MaxPool', [x], { kernel_shape: [2], pads: [1, 1] })).toEqual([-INF, -5, -5]);
    const [, places] = runOne('MaxPool', [x], { kernel_shape: [2], pads: [1, 0] }, { outputs: 2 });
    expect(places).toMatchObject({ data: BigInt64Array.of(0n, 1n) });
  });
  test('AveragePool counts padding only where it is asked to', () => {
    const x = array([1, 1, 2], 2, 4);
    const at = (count: number): number[] =>
      numbers('AveragePool', [x], { kernel_shape: [2], pads: [1, 1], count_include_pad: count });
    expect(at(0)).toEqual([2, 3, 4]);
    expect(at(1)).toEqual([1, 3, 2]);
  });
  test('what lies beyond the padding because of ceil_mode never counts', () => {
    const attributes = { kernel_shape: [2], strides: [2], ceil_mode: 1, count_include_pad: 1 };
    expect(numbers('AveragePool', [array([1, 1, 3], 2, 4, 6)], attributes)).toEqual([3, 6]);
  });
});

describe('attention', () => {
  const q = array([1, 1, 1, 2], 1, 0);
  const kv = (...values: number[]): NdArray => array([1, 1, 2, 2], ...values);

  test('scores far apart do not overflow', () => {
    expect(numbers('Attention', [q, kv(1e4, 0, -1e4, 0), kv(1, 2, 3, 4)])).toEqual([1, 2]);
  });
  test('a query that may attend to no key gives zeros', () => {
    const mask = fromReals('bool', [1, 2], [0, 0]);
    expect(numbers('Attention', [q, kv(1, 2, 3, 4), kv(1, 2, 3, 4), mask])).toEqual([0, 0]);
  });
  test('a key that is masked away does not count, whatever its value', () => {
    const mask = fromReals('bool', [1, 2], [1, 0]);
    expect(numbers('Attention', [q, kv(1, 2, 3, 4), kv(1, 2, 3, 4), mask])).toEqual([1, 2]);
  });
});

describe('trees and linear models of ai.onnx.ml', () => {
  test('LinearRegressor sums in double', () => {
    const x = array([1, 3], 1e8, 1, -1e8);
    const options = { domain: 'ai.onnx.ml' };
    expect(numbers('LinearRegressor', [x], { coefficients: [1, 1, 1] }, options)).toEqual([1]);
  });
  test('TreeEnsembleClassifier adds base values class by class', () => {
    const attributes = {
      ...{ nodes_treeids: [0, 0, 0], nodes_nodeids: [0, 1, 2], nodes_featureids: [0, 0, 0] },
      nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
      ...{ nodes_values: [0, 0, 0], nodes_truenodeids: [1, 0, 0], nodes_falsenodeids: [2, 0, 0] },
      ...{ class_treeids: [0, 0, 0, 0], class_nodeids: [1, 2, 1, 2], class_ids: [0, 0, 1, 1] },
      ...{ class_weights: [0.25, 0.75, 0.5, 0.125], classlabels_int64s: [3, 4], base_values: [0.5, 1] },
    };
    const options = { domain: 'ai.onnx.ml', outputs: 2 };
    const results = runOne('TreeEnsembleClassifier', [array([2, 1], -1, 1)], attributes, options);
    expect(results.map((v) => v.kind === 'tensor' && Array.from(reals(v)))).toEqual([
      [4, 3],
      [0.75, 1.5, 1.25, 1.125],
    ]);
  });
  test('LabelEncoder finds NaN among its keys', () => {
    const options = { domain: 'ai.onnx.ml', opset: 2 };
    const attributes = { keys_floats: [1.5, NAN], values_floats: [3, 4], default_float: -1 };
    expect(numbers('LabelEncoder', [f32(1.5, NAN, 2)], attributes, options)).toEqual([3, 4, -1]);
  });
  test('PROBIT is the inverse of the normal distribution, to the last bit of float32', () => {
    const options = { domain: 'ai.onnx.ml' };
    const x = array([1, 2], 0.9772498680518208, 0.0013498980316301);
    const attributes = { coefficients: [1, 0, 0, 1], targets: 2, post_transform: 'PROBIT' };
    const [two = 0, minusThree = 0] = numbers('LinearRegressor', [x], attributes, options);
    expect(two).toBeCloseTo(2, 6);
    expect(minusThree).toBeCloseTo(-3, 6);
  });
  test('Normalizer leaves a row of zeros alone', () => {
    const options = { domain: 'ai.onnx.ml' };
    const x = array([2, 2], 0, 0, 3, 4);
    for (const norm of ['MAX', 'L1', 'L2']) {
      expect(numbers('Normalizer', [x], { norm }, options).slice(0, 2)).toEqual([0, 0]);
    }
  });
});

describe('recurrent layers', () => {
  test('keep their states in double, and round where they become results', () => {
    const steps = 40;
    const x = fromReals(
      'float16',
      [steps, 1, 1],
      Float64Array.from({ length: steps }, (_, i) => Math.sin(i)),
    );
    const [w, r] = [halves([1, 1, 1], 0.5), halves([1, 1, 1], 0.75)];
    const [y] = runOne('RNN', [x, w, r], { hidden_size: 1 }, { outputs: 2 });
    /** The states, with or without a rounding after each step. */
    const states = (round: (v: number) => number): number[] => {
      let h = 0;
      return Array.from(reals(x), (v) => {
        h = round(Math.tanh(v * 0.5 + h * 0.75));
        return h;
      });
    };
    const half = (values: readonly number[]): number[] =>
      Array.from(reals(fromReals('float16', [values.length], values)));
    const got = y?.kind === 'tensor' ? Array.from(reals(y)) : [];
    expect(got).toEqual(half(states((v) => v)));
    expect(got).not.toEqual(half(states((v) => half([v])[0] ?? 0)));
  });
});

describe('Fourier transforms', () => {
  test('are computed in double: what is zero is zero to 1e-15, not to the noise of float32', () => {
    const n = 100;
    const wave = fromReals(
      'float32',
      [1, n, 1],
      Float32Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 1 : -1)),
    );
    const [y] = runOne('DFT', [wave], {}, { opset: 20 });
    const bins = y?.kind === 'tensor' ? Array.from(reals(y)) : [];
    expect(bins[n]).toBe(n);
    expect(Math.max(...bins.map((v, i) => (i === n ? 0 : Math.abs(v))))).toBeLessThan(1e-12);
  });
});
