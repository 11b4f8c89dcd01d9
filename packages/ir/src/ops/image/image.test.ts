import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('Resize by scales rounds sizes down, and keeps symbols where it can', () => {
  const g = inferText(`(float[N, 3, H, 5] x) => () {
    up = Constant <value_floats = [1.0, 1.0, 2.0, 0.7]> ()
    down = Constant <value_floats = [1.0, 1.0, 0.25, 1.0]> ()
    odd = Constant <value_floats = [1.0, 1.0, 1.5, 1.0]> ()
    a = Resize (x, , up)
    b = Resize (x, , down)
    c = Resize (x, , odd)
  }`);
  expect(g.type('a')).toBe('float32[N, 3, 2*H, 3]');
  expect(g.type('b')).toBe('float32[N, 3, floordiv(H, 4), 5]');
  expect(g.type('c')).toBe('float32[N, 3, ?, 5]');
});

test('Resize to sizes, of some axes, perhaps keeping the aspect ratio', () => {
  const g = inferText(`(float[N, 3, 10, 20] x) => () {
    sizes = Constant <value_ints = [6, 6]> ()
    a = Resize <axes = [2, -1]> (x, , , sizes)
    b = Resize <axes = [2, 3], keep_aspect_ratio_policy = "not_larger"> (x, , , sizes)
    c = Resize <axes = [2, 3], keep_aspect_ratio_policy = "not_smaller"> (x, , , sizes)
  }`);
  expect(g.type('a')).toBe('float32[N, 3, 6, 6]');
  expect(g.type('b')).toBe('float32[N, 3, 3, 6]');
  expect(g.type('c')).toBe('float32[N, 3, 6, 12]');
});

test('Resize takes sizes from the shape of another value', () => {
  const g = inferText(`(float[1, 1, A, B] x, float[1, 1, H, W] like) => () {
    s = Shape (like)
    y = Resize (x, , , s)
  }`);
  expect(g.type('y')).toBe('float32[1, 1, H, W]');
});

test('Resize refuses scales that are not positive or not as many as axes', () => {
  const wrong = (scales: string): readonly string[] =>
    inferText(`(float[2, 3] x) => () { s = Constant <value_floats = [${scales}]> () y = Resize (x, , s) }`)
      .errors;
  expect(wrong('1.0, 0.0')).toEqual(['Resize: scales must be positive numbers, not 0']);
  expect(wrong('1.0')).toEqual(['Resize: it has 1 scales for 2 axes']);
});

test('Upsample has its scales in an attribute before opset 9', () => {
  const g = inferText('(float[1, 1, H, 3] x) => () { y = Upsample <scales = [1.0, 1.0, 2.0, 3.0]> (x) }', 7);
  expect(g.type('y')).toBe('float32[1, 1, 2*H, 9]');
});

test('detectors: regions, boxes, grids', () => {
  const g = inferText(`(float[N, C, H, W] x, float[R, 4] rois, int64[R] batch, float[N, A, B, 2] grid,
      float[N, K, 4] boxes, float[N, L, K] scores, float[N, 2, 3] theta) => () {
    pooled = RoiAlign <output_height = 7, output_width = 5> (x, rois, batch)
    kept = NonMaxSuppression (boxes, scores)
    sampled = GridSample (x, grid)
    size = Constant <value_ints = [2, 3, 4, 5]> ()
    made = AffineGrid (theta, size)
    want = Constant <value_ints = [8, 9]> ()
    cut = CenterCropPad <axes = [-2, -1]> (x, want)
  }`);
  expect(g.type('pooled')).toBe('float32[R, C, 7, 5]');
  expect(g.type('kept')).toBe('int64[?, 3]');
  expect(g.type('sampled')).toBe('float32[N, C, A, B]');
  expect(g.type('made')).toBe('float32[2, 4, 5, 2]');
  expect(g.type('cut')).toBe('float32[N, C, 8, 9]');
});
