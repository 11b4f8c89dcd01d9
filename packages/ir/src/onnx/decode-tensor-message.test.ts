import { expect, test } from 'vitest';
import { tensorFloats, tensorOf } from '../types/elements.ts';
import { decodeTensorMessage } from './decode-tensor-message.ts';
import { encodeTensorMessage } from './encode-tensor-message.ts';

test('a tensor that stands alone is read with its name', () => {
  // dims = [2], data_type = FLOAT, name = "x", raw_data = 1.0, -2.0
  const bytes = Uint8Array.from([8, 2, 16, 1, 0x42, 1, 0x78, 0x4a, 8, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  const { name, tensor } = decodeTensorMessage(bytes);
  expect(name).toBe('x');
  expect(tensor.dtype).toBe('float32');
  expect(tensor.dims).toEqual([2]);
  expect([...tensorFloats(tensor)]).toEqual([1, -2]);
});

test('bytes that end too early, and data that do not fill the shape, are refused', () => {
  expect(() => decodeTensorMessage(Uint8Array.from([0x4a, 8, 0]))).toThrow();
  expect(() => decodeTensorMessage(Uint8Array.from([8, 3, 16, 1, 0x4a, 4, 0, 0, 0, 0]))).toThrow(/4 bytes/);
});

test('what is written is read again, with its name or without', () => {
  const tensor = tensorOf('int64', [2, 1], [2n ** 62n, -1]);
  for (const name of ['x', '']) {
    const again = decodeTensorMessage(encodeTensorMessage(tensor, name));
    expect(again.name).toBe(name);
    expect([again.tensor.dtype, again.tensor.dims]).toEqual(['int64', [2, 1]]);
    expect(again.tensor.bytes()).toEqual(tensor.bytes());
  }
  const words = tensorOf('string', [2], ['a', '\u00e9']);
  expect(decodeTensorMessage(encodeTensorMessage(words)).tensor.strings).toEqual(['a', '\u00e9']);
});
