import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NdArray, type NdValue } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { runTensor } from '../run-one.ts';

const floats = (dims: readonly number[], ...values: number[]): NdArray => fromReals('float32', dims, values);
const ints = (...values: number[]): NdArray => fromReals('int64', [values.length], values);
const list = (array: NdArray): number[] => Array.from(reals(array));
const scales = (...values: number[]): NdArray => floats([values.length], ...values);

/** Resizes a row of numbers. */
function row(
  values: readonly number[],
  to: { scale: number } | { size: number },
  attributes: Parameters<typeof runTensor>[2] = {},
  region?: NdValue,
): number[] {
  const x = floats([values.length], ...values);
  const inputs = 'scale' in to ? [x, region, scales(to.scale)] : [x, region, undefined, ints(to.size)];
  return list(runTensor('Resize', inputs, attributes));
}

test('nearest modes differ where a place lies between two pixels', () => {
  const at = (mode: string): number[] =>
    row([1, 2, 3, 4], { scale: 0.5 }, { nearest_mode: mode, coordinate_transformation_mode: 'half_pixel' });
  // Half-pixel places are 0.5 and 2.5.
  expect(at('round_prefer_floor')).toEqual([1, 3]);
  expect(at('round_prefer_ceil')).toEqual([2, 4]);
  expect(at('floor')).toEqual([1, 3]);
  expect(at('ceil')).toEqual([2, 4]);
});

test('coordinate modes map the places of a doubled row', () => {
  const at = (mode: string): number[] =>
    row([0, 10], { size: 4 }, { mode: 'linear', coordinate_transformation_mode: mode });
  expect(at('half_pixel')).toEqual([0, 2.5, 7.5, 10]);
  expect(at('pytorch_half_pixel')).toEqual([0, 2.5, 7.5, 10]);
  expect(at('asymmetric')).toEqual([0, 5, 10, 10]);
  expect(at('align_corners').map((v) => Math.round(v * 3))).toEqual([0, 10, 20, 30]);
});

test('tf_crop_and_resize reads a region and fills what lies outside', () => {
  const attributes = {
    mode: 'linear',
    coordinate_transformation_mode: 'tf_crop_and_resize',
    extrapolation_value: -1,
  };
  expect(row([0, 1, 2, 3, 4], { size: 3 }, attributes, scales(0.25, 0.75))).toEqual([1, 2, 3]);
  expect(row([0, 1, 2, 3, 4], { size: 3 }, attributes, scales(0.5, 1.5))).toEqual([2, 4, -1]);
});

test('interpolation gives back a constant and, away from the border, a ramp', () => {
  const modes = fc.constantFrom('linear', 'cubic');
  const coordinates = fc.constantFrom('half_pixel', 'asymmetric', 'align_corners', 'half_pixel_symmetric');
  fc.assert(
    fc.property(
      modes,
      coordinates,
      fc.boolean(),
      fc.integer({ min: 1, max: 30 }),
      (mode, place, antialias, size) => {
        const attributes = { mode, coordinate_transformation_mode: place, antialias: antialias ? 1 : 0 };
        for (const v of row(new Array<number>(8).fill(3), { size }, attributes)) expect(v).toBeCloseTo(3, 4);
      },
    ),
  );
  const ramp = Array.from({ length: 40 }, (_, i) => i);
  // Of the cubic filters only the one with coefficient -0.5 keeps a ramp.
  row(ramp, { size: 80 }, { mode: 'cubic', cubic_coeff_a: -0.5 })
    .slice(8, -8)
    .forEach((v, i) => {
      expect(v).toBeCloseTo((i + 8 + 0.5) / 2 - 0.5, 3);
    });
});

test('Resize of some axes is the same as of all with the others kept', () => {
  const x = fromReals(
    'float32',
    [2, 3, 4],
    Array.from({ length: 24 }, (_, i) => i * i),
  );
  const some = runTensor('Resize', [x, undefined, scales(2, 1.5)], { axes: [-1, 1], mode: 'linear' });
  const all = runTensor('Resize', [x, undefined, scales(1, 1.5, 2)], { mode: 'linear' });
  expect(some.dims).toEqual([2, 4, 8]);
  list(some).forEach((v, i) => {
    expect(v).toBeCloseTo(list(all)[i] ?? 0, 4);
  });
});

test('nearest moves elements of any type; Resize 10 rounds up where it shrinks', () => {
  const words = new NdArray('string', [2], ['a', 'b']);
  expect(runTensor('Upsample', [words], { scales: [2] }, { opset: 7 }).data).toEqual(['a', 'a', 'b', 'b']);
  const x = floats([4], 1, 2, 3, 4);
  expect(list(runTensor('Resize', [x, scales(0.75)], {}, { opset: 10 }))).toEqual([1, 3, 4]);
  expect(list(runTensor('Resize', [x, scales(1.5)], {}, { opset: 10 }))).toEqual([1, 1, 2, 3, 3, 4]);
});

test('Resize refuses an empty image and missing sizes', () => {
  const empty = fromReals('float32', [0], []);
  expect(() => runTensor('Resize', [empty, undefined, undefined, ints(4)])).toThrow(
    'an empty tensor cannot be resized',
  );
  expect(() => runTensor('Resize', [floats([1], 1)])).toThrow('it has neither scales nor sizes');
});

test('AffineGrid of the identity takes GridSample back to the image', () => {
  const x = fromReals(
    'float32',
    [1, 2, 3, 5],
    Array.from({ length: 30 }, (_, i) => Math.sin(i)),
  );
  const theta = floats([1, 2, 3], 1, 0, 0, 0, 1, 0);
  for (const mode of ['linear', 'nearest', 'cubic']) {
    for (const align_corners of [0, 1]) {
      const grid = runTensor('AffineGrid', [theta, ints(1, 2, 3, 5)], { align_corners });
      const back = runTensor('GridSample', [x, grid], { mode, align_corners });
      list(back).forEach((v, i) => {
        expect(v).toBeCloseTo(list(x)[i] ?? 0, 5);
      });
    }
  }
});

test('GridSample pads with zeros, with the border, or by reflection', () => {
  const x = floats([1, 1, 1, 3], 1, 2, 3);
  const grid = floats([1, 1, 2, 2], -2, 0, 7 / 3, 0);
  const at = (padding_mode: string): number[] =>
    list(runTensor('GridSample', [x, grid], { mode: 'nearest', padding_mode }));
  expect(at('zeros')).toEqual([0, 0]);
  expect(at('border')).toEqual([1, 3]);
  expect(at('reflection')).toEqual([2, 2]);
});

test('RoiAlign averages a region, and a region outside is 0', () => {
  const x = fromReals(
    'float32',
    [1, 1, 4, 4],
    Array.from({ length: 16 }, (_, i) => i),
  );
  const rois = floats([2, 4], 0, 0, 4, 4, 20, 20, 24, 24);
  const attributes = { output_height: 2, output_width: 2, sampling_ratio: 2 };
  const out = runTensor('RoiAlign', [x, rois, ints(0, 0)], attributes);
  expect(out.dims).toEqual([2, 1, 2, 2]);
  expect(list(out)).toEqual([2.5, 4.5, 10.5, 12.5, 0, 0, 0, 0]);
  expect(() => runTensor('RoiAlign', [x, rois, ints(0, 1)], attributes)).toThrow(
    'batch index 1 is out of range',
  );
});

test('NonMaxSuppression keeps the best of boxes that overlap', () => {
  const boxes = floats([1, 4, 4], 0, 0, 1, 1, 0, 0.1, 1, 1.1, 1, 1, 0, 0, 5, 5, 6, 6);
  const scores = floats([1, 1, 4], 0.9, 0.8, 0.9, 0.3);
  const keep = (most: number, iou: number, score: number): number[] =>
    list(runTensor('NonMaxSuppression', [boxes, scores, ints(most), scales(iou), scales(score)]));
  // Of the equal boxes 0 and 2 the first one comes first.
  expect(keep(9, 0.5, 0)).toEqual([0, 0, 0, 0, 0, 3]);
  expect(keep(9, 0.5, 0.5)).toEqual([0, 0, 0]);
  expect(keep(9, 0.9, 0)).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 3]);
  expect(keep(0, 0.5, 0)).toEqual([]);
  expect(list(runTensor('NonMaxSuppression', [boxes, scores]))).toEqual([]);
});

test('CenterCropPad cuts and pads around the centre, an odd one to the right', () => {
  const x = floats([5], 1, 2, 3, 4, 5);
  expect(list(runTensor('CenterCropPad', [x, ints(2)]))).toEqual([2, 3]);
  expect(list(runTensor('CenterCropPad', [x, ints(8)]))).toEqual([0, 1, 2, 3, 4, 5, 0, 0]);
});
