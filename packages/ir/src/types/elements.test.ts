import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DType } from './dtype.ts';
import { isSplat, oddDouble, tensorElements, tensorFloats, tensorInts, tensorOf } from './elements.ts';
import { Tensor } from './tensor.ts';

test('numbers are rounded once to the element type', () => {
  expect([...tensorFloats(tensorOf('float32', [2], [0.1, 1e300]))]).toEqual([
    Math.fround(0.1),
    Number.POSITIVE_INFINITY,
  ]);
  expect([...tensorFloats(tensorOf('float16', [2], [2049.0000000001, -1]))]).toEqual([2050, -1]);
  expect([...tensorFloats(tensorOf('float32', [1], [2n ** 60n + 2n ** 36n + 1n]))]).toEqual([
    2 ** 60 + 2 ** 37,
  ]);
});

test('integers wrap and are truncated', () => {
  expect(tensorInts(tensorOf('uint8', [3], [300, -1, 2.9]))).toEqual([44, 255, 2]);
  expect(tensorInts(tensorOf('int4', [3], [7, 8, -9]))).toEqual([7, -8, 7]);
  expect(tensorInts(tensorOf('int64', [3], [2n ** 63n, -1.5, 2n ** 53n]))).toEqual([
    -(2n ** 63n),
    -1,
    2n ** 53n,
  ]);
  expect(tensorInts(tensorOf('uint64', [1], [-1n]))).toEqual([2n ** 64n - 1n]);
  expect(tensorInts(tensorOf('int32', [1], [2n ** 32n + 5n]))).toEqual([5]);
});

test('sub-byte elements are packed low bits first', () => {
  expect([...tensorOf('uint4', [3], [1, 2, 3]).bytes()]).toEqual([0x21, 0x03]);
  expect([...tensorOf('uint2', [5], [3, 2, 1, 0, 3]).bytes()]).toEqual([0b00011011, 3]);
  // Six-bit codes 1, 2, 3, 4 make three bytes.
  expect([...tensorOf('float6e2m3', [4], [0.125, 0.25, 0.375, 0.5]).bytes()]).toEqual([0x81, 0x30, 0x10]);
});

test('what is written is read back, whatever the type', () => {
  const ranges: readonly (readonly [DType, number, number])[] = [
    ['int2', -2, 1],
    ['uint2', 0, 3],
    ['int4', -8, 7],
    ['uint4', 0, 15],
    ['int8', -128, 127],
    ['uint16', 0, 65535],
    ['int32', -(2 ** 31), 2 ** 31 - 1],
    ['int64', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['bool', 0, 1],
  ];
  for (const [dtype, min, max] of ranges) {
    fc.assert(
      fc.property(fc.array(fc.integer({ min, max })), (values) => {
        const tensor = tensorOf(dtype, [values.length], values);
        expect(tensorInts(tensor)).toEqual(values);
        expect([...tensorFloats(tensor)]).toEqual(values.map((v) => v + 0));
      }),
    );
  }
});

test('aligned bytes are viewed and misaligned ones copied', () => {
  const bytes = new Uint8Array(new Float32Array([1, 2, 3]).buffer);
  const aligned = Tensor.ofBytes('float32', [3], bytes);
  expect(tensorElements(aligned).buffer).toBe(bytes.buffer);
  const shifted = new Uint8Array(13);
  shifted.set(bytes, 1);
  expect([...tensorFloats(Tensor.ofBytes('float32', [3], shifted.subarray(1)))]).toEqual([1, 2, 3]);
});

test('a byte that is neither 0 nor 1 is true in a bool tensor', () => {
  expect(tensorInts(Tensor.ofBytes('bool', [3], new Uint8Array([0, 255, 1])))).toEqual([0, 1, 1]);
});

test('a splat is told bit by bit', () => {
  expect(isSplat(tensorOf('float32', [3], [2, 2, 2]))).toBe(true);
  expect(isSplat(tensorOf('float32', [2], [0, -0]))).toBe(false);
  expect(isSplat(tensorOf('uint4', [3], [5, 5, 5]))).toBe(true);
  expect(isSplat(tensorOf('float32', [0], []))).toBe(false);
  expect(isSplat(tensorOf('string', [2], ['a', 'a']))).toBe(true);
});

test('rounding an int64 to float32 through a double rounds once', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (x) => {
      const rounded = BigInt(Math.fround(oddDouble(x)));
      const distance = (y: bigint) => (x > y ? x - y : y - x);
      const step = BigInt(2 ** Math.max(0, Math.floor(Math.log2(Math.abs(Number(rounded)) + 1)) - 23));
      expect(distance(rounded)).toBeLessThanOrEqual(distance(rounded + step));
      expect(distance(rounded)).toBeLessThanOrEqual(distance(rounded - step));
    }),
  );
});
