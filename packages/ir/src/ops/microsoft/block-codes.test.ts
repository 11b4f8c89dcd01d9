import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('a product with packed codes has the rows of A and N columns, in the type of A', () => {
  const g = inferText(
    `(float[B, T, 40] x, float16[40] half, float16[3, 3] h, uint8[3, 3, 8] b, float[9] s, uint8[3, 2] z, float[U] any) => () {
    y = com.microsoft.MatMulNBits <K = 40, N = 3, block_size = 16> (x, b, s, z)
    v = com.microsoft.MatMulNBits <K = 40, N = 3, bits = 4, block_size = 16> (half, b, h)
    u = com.microsoft.MatMulNBits <K = 40, N = 3, block_size = 16> (any, b, s)
    wrong = com.microsoft.MatMulNBits <K = 40, N = 3, bits = 8, block_size = 16> (x, b, s)
  }`,
  );
  expect(['y', 'v', 'u'].map(g.type)).toEqual(['float32[B, T, 3]', 'float16[3]', 'float32[3]']);
  expect(g.errors).toEqual([expect.stringContaining('input 1 has shape [3, 3, 8], not [3, 3, 16]')]);
});

test('a lookup of codes gives what they mean: bytes hold several, along their last axis', () => {
  const g = inferText(
    `(uint8[V, 20] t, float[V, 2] s, float16[V, 1] h, int64[B, T] i, int4[5, 40, M] n, float[5, 3, M] sn) => () {
    y = com.microsoft.GatherBlockQuantized <block_size = 32> (t, i, s)
    z = com.microsoft.GatherBlockQuantized <block_size = 32, bits = 8, quantize_axis = -1> (t, i, h)
    n1 = com.microsoft.GatherBlockQuantized <block_size = 16, gather_axis = 2> (n, i, sn)
    wrong = com.microsoft.GatherBlockQuantized <block_size = 16> (t, i, s)
  }`,
  );
  expect(['y', 'z', 'n1'].map(g.type)).toEqual([
    'float32[B, T, 40]',
    'float16[B, T, 20]',
    'float32[5, 40, B, T]',
  ]);
  expect(g.errors).toEqual([expect.stringContaining('input 2 has shape [V, 2], not [V, 3]')]);
});
