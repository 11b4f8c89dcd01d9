import { expect, test } from 'vitest';
import type { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { runOne, runTensor } from '../run-one.ts';

const floats = (dims: readonly number[], ...v: number[]) => fromReals('float32', dims, v);
const values = (array: NdArray | undefined) => (array ? Array.from(reals(array)) : []);
const rounded = (...v: number[]) => v.map(Math.fround);

test('BatchNormalization uses the given statistics of each channel', () => {
  const x = floats([1, 2, 2], 1, 3, 10, 20);
  const [one, zero] = [floats([2], 1, 2), floats([2], 0, 5)];
  const y = runTensor('BatchNormalization', [x, one, zero, floats([2], 1, 10), floats([2], 4, 100)], {
    epsilon: 0,
  });
  expect(values(y)).toEqual([0, 1, 5, 7]);
});

test('a vector has one channel', () => {
  const one = floats([1], 1);
  const y = runTensor('BatchNormalization', [floats([3], 1, 2, 3), one, one, one, one], { epsilon: 0 });
  expect(values(y)).toEqual([1, 2, 3]);
});

test('in training the statistics of the batch are used and the running ones move toward them', () => {
  const x = floats([2, 1, 2], 1, 3, 1, 3);
  const p = floats([1], 1);
  const attributes = { training_mode: 1, momentum: 0.75, epsilon: 0 };
  const [y, mean, variance] = runOne('BatchNormalization', [x, p, p, p, p], attributes, {
    outputs: 3,
  }) as NdArray[];
  expect(values(y)).toEqual([0, 2, 0, 2]);
  expect(values(mean)).toEqual([0.75 + 2 * 0.25]);
  expect(values(variance)).toEqual([1]);
});

test('before opset 9 every place may have its own parameters', () => {
  const x = floats([2, 1, 2], 1, 2, 3, 4);
  const [ones, zeros] = [floats([1, 2], 1, 1), floats([1, 2], 0, 10)];
  const inputs = [x, ones, zeros, zeros, ones];
  const y = runTensor('BatchNormalization', inputs, { spatial: 0, epsilon: 0 }, { opset: 7 });
  expect(values(y)).toEqual([1, 2, 3, 4]);
});

test('groups are normalised together and scaled by channel, in opset 18 by group', () => {
  const x = floats([1, 4, 1], 1, 3, 2, 6);
  const y = (scale: NdArray, opset: number) =>
    values(runTensor('GroupNormalization', [x, scale, scale], { num_groups: 2, epsilon: 0 }, { opset }));
  expect(y(floats([4], 1, 2, 3, 4), 21)).toEqual([0, 4, 0, 8]);
  expect(y(floats([2], 1, 2), 18)).toEqual([0, 2, 0, 4]);
});

test('InstanceNormalization normalises each channel alone', () => {
  const y = runTensor('InstanceNormalization', [
    floats([1, 2, 2], 1, 3, 5, 5),
    floats([2], 2, 2),
    floats([2], 1, 1),
  ]);
  expect(values(y).map((v) => Math.round(v * 1000) / 1000)).toEqual([-1, 3, 1, 1]);
});

test('LayerNormalization normalises from its axis on and hands out its statistics', () => {
  const x = floats([2, 1, 2], 1, 3, 10, 30);
  const scale = floats([2], 1, 10);
  const [y, mean, inverse] = runOne(
    'LayerNormalization',
    [x, scale, floats([1], 5)],
    { axis: 1, epsilon: 0 },
    {
      outputs: 3,
    },
  ) as NdArray[];
  expect(values(y)).toEqual([4, 15, 4, 15]);
  expect([mean?.dims, values(mean)]).toEqual([
    [2, 1, 1],
    [2, 20],
  ]);
  expect(values(inverse)).toEqual(rounded(1, 0.1));
});

test('a scale of LayerNormalization may differ from row to row', () => {
  const x = floats([2, 2], 1, 3, 1, 3);
  const y = runTensor('LayerNormalization', [x, floats([2, 1], 1, 10)], { epsilon: 0 });
  expect(values(y)).toEqual([-1, 1, -10, 10]);
});

test('LayerNormalization does not lose a small spread on a large mean', () => {
  const x = floats([1, 2], 4096, 4096.5);
  expect(values(runTensor('LayerNormalization', [x, floats([2], 1, 1)], { epsilon: 0 }))).toEqual([-1, 1]);
});

test('RMSNormalization divides by the root of the mean square', () => {
  const y = runTensor('RMSNormalization', [floats([1, 2], 1, 7), floats([1], 2)], { epsilon: 0 });
  expect(values(y)).toEqual(rounded(2 / 5, 14 / 5));
  const half = fromReals('float16', [1, 2], [1, 7]);
  expect(runTensor('RMSNormalization', [half, floats([1], 2)]).dtype).toBe('float32');
});

test('LRN sums the squares of neighbouring channels', () => {
  const x = floats([1, 3, 1], 1, 2, 3);
  const y = runTensor('LRN', [x], { size: 2, alpha: 2, beta: 1, bias: 1 });
  expect(values(y)).toEqual(rounded(1 / 6, 2 / 14, 3 / 10));
});

test('MeanVarianceNormalization takes any axes', () => {
  const x = floats([2, 2, 1, 1], 1, 10, 3, 30);
  expect(values(runTensor('MeanVarianceNormalization', [x]))).toEqual([-1, -1, 1, 1]);
  const y = values(runTensor('MeanVarianceNormalization', [x], { axes: [1] }));
  expect(y).toEqual([-1, 1, -1, 1]);
});

test('LpNormalization of zeros is zero', () => {
  const x = floats([2, 2], 3, 4, 0, 0);
  expect(values(runTensor('LpNormalization', [x]))).toEqual(rounded(0.6, 0.8, 0, 0));
  expect(values(runTensor('LpNormalization', [x], { p: 1, axis: 0 }))).toEqual([1, 1, 0, 0]);
});
