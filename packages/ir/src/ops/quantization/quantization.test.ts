import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('codes have the type of the zero point, else the stated one, else uint8', () => {
  const g = inferText(
    `(float[N, 3] x, float s, int8 z, int4 narrow) => () {
    a = QuantizeLinear (x, s)
    b = QuantizeLinear (x, s, z)
    c = QuantizeLinear <output_dtype = 22> (x, s)
    wrong = QuantizeLinear <output_dtype = 22> (x, s, z)
  }`,
    21,
  );
  expect(['a', 'b', 'c'].map(g.type)).toEqual(['uint8[N, 3]', 'int8[N, 3]', 'int4[N, 3]']);
  expect(g.errors[0]).toContain('output_dtype int4 is not that of the zero point, int8');
});

test('scales of an axis or of blocks must fit the operand', () => {
  const g = inferText(
    `(float[2, 3, 8] x, float[3] s, float[4] four, float[2, 3, 2] blocks) => () {
    a = QuantizeLinear <axis = -2> (x, s)
    b = QuantizeLinear <axis = 2, block_size = 4> (x, blocks)
    c = QuantizeLinear (x, four)
    d = QuantizeLinear <axis = 2, block_size = 3> (x, blocks)
    e = QuantizeLinear (x, blocks)
  }`,
    21,
  );
  expect(g.type('a')).toBe('uint8[2, 3, 8]');
  expect(g.type('b')).toBe('uint8[2, 3, 8]');
  expect(g.errors[0]).toContain('4 scales do not fit axis 1 of [2, 3, 8]');
  expect(g.errors[1]).toContain('do not fit [2, 3, 8] in blocks of 3');
  expect(g.errors[2]).toContain('needs a block_size');
});

test('DequantizeLinear gives the type of the scale unless another is stated', () => {
  const g = inferText(
    `(int8[N] x, float16 s) => () {
    a = DequantizeLinear (x, s)
    b = DequantizeLinear <output_dtype = 1> (x, s)
  }`,
    23,
  );
  expect([g.type('a'), g.type('b')]).toEqual(['float16[N]', 'float32[N]']);
});

test('integer products are int32, quantized ones have the type of their zero point', () => {
  const g = inferText(`(uint8[N, 4, 8] a, int8[8, 5] b, uint8[1, 3, 8, 8] x, int8[6, 3, 3, 3] w,
                        float s, uint8 z, int8 zw) => () {
    m = MatMulInteger (a, b)
    q = QLinearMatMul (a, s, z, b, s, zw, s, zw)
    c = ConvInteger <pads = [1, 1, 1, 1]> (x, w)
    v = QLinearConv <strides = [2, 2]> (x, s, z, w, s, zw, s, z)
  }`);
  expect(['m', 'q', 'c', 'v'].map(g.type)).toEqual([
    'int32[N, 4, 5]',
    'int8[N, 4, 5]',
    'int32[1, 6, 8, 8]',
    'uint8[1, 6, 3, 3]',
  ]);
});

test('DynamicQuantizeLinear gives codes, a scale and a zero point', () => {
  const g = inferText('(float[N, 4] x) => () { y, s, z = DynamicQuantizeLinear (x) }');
  expect(['y', 's', 'z'].map(g.type)).toEqual(['uint8[N, 4]', 'float32[]', 'uint8[]']);
});
