import { tensorOf } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ndFromTensor, tensorFromNd } from './codec.ts';
import { NdArray } from './nd-array.ts';
import { fromReals, reals } from './reals.ts';

test('arrays that hold their numbers are read in place', () => {
  const array = fromReals('float32', [3], Float32Array.of(1, 2, 3));
  expect(reals(array)).toBe(array.data);
});

test('64-bit integers are read and written word by word', () => {
  const big = new NdArray('int64', [3], BigInt64Array.of(-1n, 2n ** 62n, -(2n ** 63n)));
  expect([...reals(big)]).toEqual([-1, 2 ** 62, -(2 ** 63)]);
  expect(fromReals('int64', [4], [-1.9, 2 ** 40, Number.NaN, Number.POSITIVE_INFINITY]).data).toEqual(
    BigInt64Array.of(-1n, 2n ** 40n, 0n, 0n),
  );
  expect(fromReals('uint64', [2], [-1, 2 ** 63]).data).toEqual(BigUint64Array.of(2n ** 64n - 1n, 2n ** 63n));
});

test('numbers written to int64 are what BigInt makes of them', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const want = BigInt.asIntN(64, BigInt(Math.trunc(x)));
      expect(fromReals('int64', [1], [x]).data[0]).toBe(want);
    }),
  );
});

test('small floats are rounded once, sub-byte integers wrap', () => {
  expect([...reals(fromReals('float16', [2], [2049.0000000001, 1e9]))]).toEqual([
    2050,
    Number.POSITIVE_INFINITY,
  ]);
  expect([...reals(fromReals('int4', [3], [7, 8, -9]))]).toEqual([7, -8, 7]);
  expect([...reals(fromReals('bool', [3], [0, 0.5, Number.NaN]))]).toEqual([0, 1, 1]);
});

test('tensors become arrays and come back', () => {
  const tensors = [
    tensorOf('int4', [3], [1, -2, 3]),
    tensorOf('float16', [2], [1.5, -2]),
    tensorOf('complex64', [1], [1, 2]),
    tensorOf('string', [2], ['a', '']),
    tensorOf('bool', [2], [1, 0]),
  ];
  for (const tensor of tensors) {
    const back = tensorFromNd(ndFromTensor(tensor));
    expect(back.dims).toEqual(tensor.dims);
    if (tensor.strings) expect(back.strings).toEqual(tensor.strings);
    else expect(back.bytes()).toEqual(tensor.bytes());
  }
});
