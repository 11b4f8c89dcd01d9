import { expect, test } from 'vitest';
import type { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { runOne, runTensor } from '../run-one.ts';

const line = (...v: number[]) => fromReals('float32', [1, 1, v.length], v);
const values = (array: NdArray | undefined) => (array ? Array.from(reals(array)) : []);

test('padding counts in an average only when it is asked for, and what lies beyond it never', () => {
  const attributes = { kernel_shape: [3], strides: [2], pads: [1, 0], ceil_mode: 1 };
  const x = line(3, 6, 9, 12, 15, 18, 21);
  expect(values(runTensor('AveragePool', [x], attributes))).toEqual([4.5, 9, 15, 19.5]);
  expect(values(runTensor('AveragePool', [x], { ...attributes, count_include_pad: 1 }))).toEqual([
    3, 9, 15, 19.5,
  ]);
});

test('averages of dilated windows', () => {
  const x = line(1, 2, 3, 4, 5);
  expect(values(runTensor('AveragePool', [x], { kernel_shape: [2], dilations: [3] }))).toEqual([2.5, 3.5]);
});

test('maxima come with the places of the first of them', () => {
  const x = fromReals('float32', [1, 2, 2, 3], [1, 5, 5, 2, 0, 5, 9, 1, 1, 1, 1, 9]);
  const pool = (storage_order: number) =>
    runOne('MaxPool', [x], { kernel_shape: [2, 2], storage_order }, { outputs: 2 }) as NdArray[];
  const [y, rowMajor] = pool(0);
  expect(values(y)).toEqual([5, 5, 9, 9]);
  expect(values(rowMajor)).toEqual([1, 1, 6, 11]);
  expect(values(pool(1)[1])).toEqual([2, 2, 6, 11]);
});

test('padding is less than every element, NaN more than every other', () => {
  expect(values(runTensor('MaxPool', [line(-3, -5)], { kernel_shape: [2], pads: [1, 1] }))).toEqual([
    -3, -3, -5,
  ]);
  expect(values(runTensor('MaxPool', [line(1, Number.NaN, 3)], { kernel_shape: [2] }))).toEqual([
    Number.NaN,
    Number.NaN,
  ]);
  const bytes = fromReals('int8', [1, 1, 2], [-128, -7]);
  expect(values(runTensor('MaxPool', [bytes], { kernel_shape: [2] }))).toEqual([-7]);
});

test('MaxUnpool puts maxima back where they were', () => {
  const x = fromReals('float32', [1, 1, 4, 4], [1, 2, 6, 3, 3, 5, 2, 1, 6, 8, 1, 4, 0, 1, 7, 2]);
  const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
  const [y, places] = runOne('MaxPool', [x], attributes, { outputs: 2 });
  const back = values(runTensor('MaxUnpool', [y, places], attributes));
  expect(back).toEqual([0, 0, 6, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0, 0, 7, 0]);
  const far = fromReals('int64', [1, 1, 2, 2], [0, 1, 2, 16]);
  expect(() => runTensor('MaxUnpool', [y, far], attributes)).toThrow('index 16 lies outside 16 elements');
});

test('norms of windows and of channels', () => {
  expect(values(runTensor('LpPool', [line(3, -4, 0)], { kernel_shape: [2] }))).toEqual([5, 4]);
  expect(values(runTensor('LpPool', [line(3, -4, 0)], { kernel_shape: [2], p: 1 }))).toEqual([7, 4]);
  expect(values(runTensor('GlobalLpPool', [line(1, 2, -2)], { p: 3 }))).toEqual([Math.fround(17 ** (1 / 3))]);
  expect(values(runTensor('GlobalAveragePool', [line(1, 2, 6)]))).toEqual([3]);
  expect(values(runTensor('GlobalMaxPool', [line(-1, -2)]))).toEqual([-1]);
});

test('regions are cut into cells that cover them', () => {
  const x = fromReals(
    'float32',
    [1, 1, 4, 4],
    Array.from({ length: 16 }, (_, i) => i),
  );
  const rois = fromReals('float32', [2, 5], [0, 0, 0, 6, 6, 0, 4, 4, 6, 6]);
  const y = runTensor('MaxRoiPool', [x, rois], { pooled_shape: [2, 2], spatial_scale: 0.5 });
  expect(values(y)).toEqual([5, 7, 13, 15, 10, 11, 14, 15]);
  const outside = fromReals('float32', [1, 5], [1, 0, 0, 1, 1]);
  expect(() => runTensor('MaxRoiPool', [x, outside], { pooled_shape: [1, 1] })).toThrow(
    'region 0 is of image 1',
  );
});
