import { expect, test } from 'vitest';
import { expectRefused, raised, raisedNodes } from '../../../test/raised.ts';
import { constant } from '../../../test/support.ts';

const upsample = (mode: string, scales = '1.0, 1.0, 2.0, 3.0') =>
  `(float[1, 2, 3, 4] x) => (float[1, 2, A, B] y) { y = Upsample <mode = "${mode}", scales = [${scales}]> (x) }`;

test('Upsample is a Resize', () => {
  expect(raisedNodes(upsample('nearest'), 7, 9)).toEqual([
    'y = Upsample <mode: string = "nearest"> (x, scales)',
  ]);
  expect(raisedNodes(upsample('linear'), 7, 10)).toEqual([
    'y = Resize <mode: string = "linear"> (x, scales)',
  ]);
  expect(raisedNodes(upsample('nearest'), 7, 11)).toEqual([
    'y = Resize <mode: string = "nearest", coordinate_transformation_mode: string = "asymmetric", nearest_mode: string = "floor"> (x, roi, scales)',
  ]);
  expect(raisedNodes(upsample('linear'), 8, 28)).toEqual([
    'y = Resize <mode: string = "linear", coordinate_transformation_mode: string = "asymmetric"> (x, "", scales)',
  ]);
  expect(raisedNodes(upsample('bilinear'), 8, 28)[0]).toContain('mode: string = "linear"');
});

test('Upsample that makes smaller rounds down, which Resize 10 does not', () => {
  raised(upsample('nearest', '1.0, 1.0, 0.5, 2.0'), 7, 13);
  expectRefused(upsample('nearest', '1.0, 1.0, 0.5, 2.0'), 7, 10, /Resize rounds otherwise/);
});

const resize10 = (mode: string, scales: readonly number[]) =>
  `(float[1, 2, 5, 4] x) => (float[1, 2, A, B] y) <${constant('scales', [4], scales)}> {
    y = Resize <mode = "${mode}"> (x, scales)
  }`;

test('Resize 10 is asymmetric and rounds by direction', () => {
  expect(raisedNodes(resize10('nearest', [1, 1, 2, 2.5]), 10, 13)[0]).toContain(
    'nearest_mode: string = "floor"',
  );
  expect(raisedNodes(resize10('nearest', [1, 1, 0.5, 0.75]), 10, 13)[0]).toContain(
    'nearest_mode: string = "ceil"',
  );
  expect(raisedNodes(resize10('linear', [1, 1, 0.5, 2]), 10, 18)).toEqual([
    'y = Resize <mode: string = "linear", coordinate_transformation_mode: string = "asymmetric"> (x, "", scales)',
  ]);
  raised(resize10('linear', [1, 1, 0.6, 2.2]), 10, 11);
});

test('axes that grow and axes that shrink take two nodes', () => {
  expect(raisedNodes(resize10('nearest', [1, 1, 0.6, 2.5]), 10, 13)).toHaveLength(2);
  const open = `(float[1, 2, 5, 4] x, float[4] s) => (float[N, C, A, B] y) {
    clipped = Clip <min = 0.4, max = 2.7> (s) y = Resize (x, clipped)
  }`;
  expect(raisedNodes(open, 10, 28).map((n) => n.split(' ')[2])).toEqual([
    'Clip',
    'Min',
    'Resize',
    'Max',
    'Resize',
  ]);
});

test('operands of Resize that are not given are absent from opset 13 on', () => {
  const text = `(float[1, 1, 2, 2] x) => (float[1, 1, 3, 4] y)
    <float[0] none = {}, int64[4] sizes = {1, 1, 3, 4}> { y = Resize (x, none, none, sizes) }`;
  expect(raisedNodes(text, 11, 12)).toEqual(['y = Resize (x, none, none, sizes)']);
  expect(raisedNodes(text, 11, 13)).toEqual(['y = Resize (x, "", "", sizes)']);
});

test('the half pixels of TensorFlow are others, rounded otherwise', () => {
  const text = (rounding: string) => `(float[1, 1, 5, 7] x) => (float[1, 1, 8, 3] y)
    <float[0] none = {}, int64[4] sizes = {1, 1, 8, 3}> {
      y = Resize <coordinate_transformation_mode = "tf_half_pixel_for_nn", nearest_mode = "${rounding}"> (x, none, none, sizes)
    }`;
  expect(raisedNodes(text('floor'), 11, 13)[0]).toContain('nearest_mode: string = "round_prefer_ceil"');
  expect(raisedNodes(text('round_prefer_floor'), 12, 19)[0]).toContain('nearest_mode: string = "ceil"');
  expectRefused(text('ceil'), 11, 13, /tf_half_pixel_for_nn with mode nearest and nearest_mode ceil is gone/);
});

test('RoiAlign keeps its places', () => {
  const text = `(float[1, 2, 6, 6] x) => (float[1, 2, 2, 2] y)
    <float[1, 4] r = {0.5, 0.5, 4, 5}, int64[1] i = {0}> {
      y = RoiAlign <output_height = 2, output_width = 2, sampling_ratio = 2> (x, r, i)
    }`;
  expect(raisedNodes(text, 10, 16)[0]).toContain(
    'coordinate_transformation_mode: string = "output_half_pixel"',
  );
  raised(text, 10, 28);
});

test('modes of GridSample are renamed', () => {
  const text = (mode: string) =>
    `(float[1, 2, 4, 4] x, float[1, 3, 3, 2] g) => (float[1, 2, 3, 3] y) { y = GridSample ${mode} (x, g) }`;
  expect(raisedNodes(text('<mode = "bicubic">'), 16, 20)).toEqual([
    'y = GridSample <mode: string = "cubic"> (x, g)',
  ]);
  expect(raisedNodes(text('<mode = "bilinear">'), 16, 28)).toEqual([
    'y = GridSample <mode: string = "linear"> (x, g)',
  ]);
  expect(raisedNodes(text('<mode = "nearest">'), 16, 20)).toEqual([
    'y = GridSample <mode: string = "nearest"> (x, g)',
  ]);
  expect(raisedNodes(text(''), 16, 20)).toEqual(['y = GridSample (x, g)']);
});
