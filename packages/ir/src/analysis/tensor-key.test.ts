import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tensor, type TensorData } from '../types/tensor.ts';
import { sameTensor, tensorKey } from './tensor-key.ts';

const bytesTensor = (bytes: Uint8Array): Tensor => Tensor.ofBytes('uint8', [bytes.length], bytes);

test('keys are equal exactly for tensors that are equal bit for bit', () => {
  const bytes = fc.uint8Array({ minLength: 60, maxLength: 200 });
  fc.assert(
    fc.property(bytes, fc.option(fc.nat(199), { nil: undefined }), fc.nat(7), (a, at, offset) => {
      const buffer = new Uint8Array(a.length + offset);
      const b = buffer.subarray(offset);
      b.set(a);
      if (at !== undefined && at < b.length) b[at] = (b[at] ?? 0) ^ 1;
      const same = at === undefined || at >= b.length;
      expect(tensorKey(bytesTensor(a)) === tensorKey(bytesTensor(b))).toBe(same);
      expect(sameTensor(bytesTensor(a), bytesTensor(b))).toBe(same);
    }),
  );
});

test('type and dimensions count', () => {
  const bytes = new Uint8Array(400);
  const f = Tensor.ofBytes('float32', [100], bytes);
  expect(tensorKey(f)).not.toBe(tensorKey(Tensor.ofBytes('int32', [100], bytes)));
  expect(tensorKey(f)).not.toBe(tensorKey(f.reshaped([10, 10])));
  expect(sameTensor(f, f.reshaped([10, 10]))).toBe(false);
  expect(tensorKey(Tensor.ofStrings([2], ['a', 'b,c']))).not.toBe(
    tensorKey(Tensor.ofStrings([2], ['a,b', 'c'])),
  );
});

test('positive and negative zero, and NaNs with other bits, are different bits', () => {
  const of = (...x: number[]) =>
    Tensor.ofBytes('float32', [x.length], new Uint8Array(Uint32Array.from(x).buffer));
  expect(tensorKey(of(0))).not.toBe(tensorKey(of(0x80000000)));
  expect(tensorKey(of(0x7fc00000))).not.toBe(tensorKey(of(0x7fc00001)));
});

test('large weights are hashed once', () => {
  let loads = 0;
  const data: TensorData = {
    byteLength: 4000,
    load: () => {
      loads += 1;
      return new Uint8Array(4000);
    },
  };
  const tensor = Tensor.lazy('float32', [1000], data);
  tensorKey(tensor);
  tensorKey(tensor.reshaped([10, 100]));
  tensorKey(tensor);
  expect(loads).toBe(1);
});
