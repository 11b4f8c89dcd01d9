import { expect, test } from 'vitest';
import { viewAs } from '../../infer/view-of.ts';
import { inferText } from '../infer-text.ts';
import { conv } from './conv.ts';
import { maxPool } from './pool.ts';

test('Conv slides its kernel over symbolic images', () => {
  const g = inferText(`(float[N, 3, H, 224] x, float[64, 3, 7, 7] w) => () {
    y = Conv <strides = [2, 2], pads = [3, 3, 3, 3]> (x, w)
    same = Conv <auto_pad = "SAME_UPPER", strides = [2, 2]> (x, w)
    valid = Conv <auto_pad = "VALID"> (x, w)
    dilated = Conv <dilations = [2, 2]> (x, w)
  }`);
  expect(g.type('y')).toBe('float32[N, 64, floordiv(H + -1, 2) + 1, 112]');
  expect(g.type('same')).toBe('float32[N, 64, floordiv(H + 1, 2), 112]');
  expect(g.type('valid')).toBe('float32[N, 64, H + -6, 218]');
  expect(g.type('dilated')).toBe('float32[N, 64, H + -12, 212]');
});

test('Conv refuses operands that do not fit', () => {
  const g = inferText(`(float[1, 6, 8, 8] x, float[4, 3, 3, 3] w, float[5, 3, 3, 3] odd, float[3] b) => () {
    a = Conv (x, w)
    c = Conv <group = 2> (x, odd)
    d = Conv <group = 2, kernel_shape = [5, 5]> (x, w)
    e = Conv <group = 2, dilations = [9, 9]> (x, w)
    f = Conv <group = 2, strides = [0, 1]> (x, w)
    g = Conv <group = 2> (x, w, b)
    h = Conv <group = 2, pads = [1, 1]> (x, w)
    i = Conv <group = 2, auto_pad = "SOME"> (x, w)
  }`);
  expect(g.errors).toEqual([
    expect.stringContaining('6 input channels do not fit weights with 3 channels in 1 groups'),
    expect.stringContaining('5 output channels do not divide into 2 groups'),
    expect.stringContaining('kernel_shape [5, 5] does not fit weights [4, 3, 3, 3]'),
    expect.stringContaining('kernel extent 19 is larger than the padded size 8'),
    expect.stringContaining('strides 0 is below 1'),
    expect.stringContaining('bias has shape [3] for 4 output channels'),
    expect.stringContaining('pads has 2 entries for 2 spatial axes'),
    expect.stringContaining('auto_pad "SOME" is unknown'),
  ]);
});

test('pads of SAME are resolved where the sizes that matter are known', () => {
  const view = (x: string, attributes: string) => {
    const graph = `(float${x} x, float[8, 3, 3, 4] w) => () { y = Conv <${attributes}> (x, w) }`;
    const node = inferText(graph).value('y').producer;
    return node && viewAs(node, conv)?.pads;
  };
  expect(view('[N, 3, H, W]', 'auto_pad = "SAME_UPPER"')).toEqual([1, 1, 1, 2]);
  expect(view('[N, 3, H, W]', 'auto_pad = "SAME_LOWER"')).toEqual([1, 2, 1, 1]);
  expect(view('[N, 3, H, W]', 'auto_pad = "SAME_UPPER", strides = [2, 2]')).toBeUndefined();
  expect(view('[N, 3, 8, 9]', 'auto_pad = "SAME_UPPER", strides = [2, 2]')).toEqual([0, 1, 1, 2]);
});

test('with ceil_mode no window starts in the padding at the end', () => {
  const g = inferText(`(float[1, 1, 2] two, float[1, 1, 6] six, float[1, 1, L] any) => () {
    a = MaxPool <kernel_shape = [1], strides = [2], ceil_mode = 1> (two)
    b = MaxPool <kernel_shape = [3], strides = [2], ceil_mode = 1> (six)
    c = MaxPool <kernel_shape = [3], strides = [2]> (six)
    d = AveragePool <kernel_shape = [3], strides = [1], ceil_mode = 1> (any)
  }`);
  expect(g.type('a')).toBe('float32[1, 1, 1]');
  expect(g.type('b')).toBe('float32[1, 1, 3]');
  expect(g.type('c')).toBe('float32[1, 1, 2]');
  expect(g.type('d')).toBe('float32[1, 1, L + -2]');
});

test('MaxPool may tell where the maxima were', () => {
  const g = inferText(`(float16[N, C, 8, 8] x) => () {
    y, places = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (x)
    back = MaxUnpool <kernel_shape = [2, 2], strides = [2, 2]> (y, places)
  }`);
  expect(g.type('y')).toBe('float16[N, C, 4, 4]');
  expect(g.type('places')).toBe('int64[N, C, 4, 4]');
  expect(g.type('back')).toBe('float16[N, C, 8, 8]');
  const node = g.value('y').producer;
  expect(node && viewAs(node, maxPool)?.columnMajor).toBe(false);
});

test('a pool without kernel_shape, or one that does not fit the rank, is refused', () => {
  const g = inferText(`(float[1, 1, 8] x) => () {
    y = MaxPool (x)
    z = LpPool <kernel_shape = [2, 2]> (x)
    p = LpPool <kernel_shape = [2], p = 0> (x)
  }`);
  expect(g.errors).toEqual([
    expect.stringContaining('kernel_shape is missing'),
    expect.stringContaining('kernel with 2 axes does not fit an operand of rank 3'),
    expect.stringContaining('p is 0'),
  ]);
});

test('global pools leave one place of each channel', () => {
  const g = inferText(`(float[N, C, H, W] x) => () {
    y = GlobalAveragePool (x)
    z = GlobalLpPool <p = 3> (x)
  }`);
  expect([g.type('y'), g.type('z')]).toEqual(['float32[N, C, 1, 1]', 'float32[N, C, 1, 1]']);
});

test('ConvTranspose is as large as its windows reach, less its pads', () => {
  const g = inferText(`(float[N, 8, H, 10] x, float[8, 3, 4, 4] w) => () {
    y = ConvTranspose <strides = [2, 2], pads = [1, 1, 1, 1]> (x, w)
    grouped = ConvTranspose <group = 2, strides = [2, 2], output_padding = [1, 0]> (x, w)
    same = ConvTranspose <auto_pad = "SAME_UPPER", strides = [2, 2]> (x, w)
    sparse = ConvTranspose <auto_pad = "SAME_UPPER", strides = [5, 5]> (x, w)
    asked = ConvTranspose <output_shape = [30, 20], strides = [2, 2]> (x, w)
  }`);
  expect(g.type('y')).toBe('float32[N, 3, 2*H, 20]');
  expect(g.type('grouped')).toBe('float32[N, 6, 2*H + 3, 22]');
  expect(g.type('same')).toBe('float32[N, 3, 2*H, 20]');
  // With a stride above the kernel there is nothing to cut, so the last gap is missing.
  expect(g.type('sparse')).toBe('float32[N, 3, 5*H + -1, 49]');
  expect(g.type('asked')).toBe('float32[N, 3, 30, 20]');
});

test('ConvTranspose cannot give more than its windows and less than a stride beyond them', () => {
  const g = inferText(`(float[1, 1, 3] x, float[1, 1, 2] w) => () {
    y = ConvTranspose <output_shape = [7], strides = [2]> (x, w)
    z = ConvTranspose <output_shape = [8], strides = [2]> (x, w)
  }`);
  expect(g.type('y')).toBe('float32[1, 1, 7]');
  expect(g.errors[0]).toContain('output_shape 8 of axis 2 is too large for 3 windows');
});

test('DeformConv wants an offset for each tap and axis', () => {
  const g =
    inferText(`(float[1, 2, 5, 5] x, float[4, 2, 3, 3] w, float[1, 18, 3, 3] offset, float[1, 9, 3, 3] few) => () {
    y = DeformConv (x, w, offset)
    z = DeformConv (x, w, few)
  }`);
  expect(g.type('y')).toBe('float32[1, 4, 3, 3]');
  expect(g.errors[0]).toContain('operand 2 has shape [1, 9, 3, 3], not [1, 18, 3, 3]');
});

test('Col2Im takes the image size from its operand, symbolic or not', () => {
  const g = inferText(`(float[N, 18, L] x, float[A, B] image) => () {
    block = Constant <value_ints: ints = [3, 3]> ()
    size = Shape (image)
    y = Col2Im (x, size, block)
  }`);
  expect(g.type('y')).toBe('float32[N, 2, A, B]');
});

test('MaxRoiPool pools every region to one size', () => {
  const g = inferText(`(float[N, C, 32, 32] x, float[R, 5] rois) => () {
    y = MaxRoiPool <pooled_shape = [3, 4]> (x, rois)
  }`);
  expect(g.type('y')).toBe('float32[R, C, 3, 4]');
});
