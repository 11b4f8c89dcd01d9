import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesSource } from '../types/byte-source.ts';
import { byteLength, type DType, dtypeCode, dtypes } from '../types/dtype.ts';
import type { Tensor } from '../types/tensor.ts';
import { decodeTensor } from './decode/decode-tensor.ts';
import { TensorProto } from './generated/messages.ts';
import { readMessage } from './wire/read-message.ts';
import { WireReader } from './wire/reader.ts';
import { joined, Rope } from './wire/rope.ts';

/** A tensor of some type and dims with fields given as wire bytes. */
function decode(dtype: DType | number, dims: readonly number[], fields: (rope: Rope) => void): Tensor {
  const rope = new Rope();
  for (const dim of dims) rope.out.uint32(0x08).int64(dim);
  rope.out.uint32(0x10).int32(typeof dtype === 'number' ? dtype : dtypeCode(dtype));
  fields(rope);
  const source = bytesSource(joined(rope));
  const message = readMessage(new WireReader(source, 10), TensorProto, source.size);
  return decodeTensor({ file: 'test', externalFiles: undefined }, message, () => ({}));
}

const bytesField = (no: number, bytes: Uint8Array) => (rope: Rope) => {
  rope.out.uint32(no * 8 + 2).bytes(bytes);
};
const raw = (bytes: Uint8Array) => bytesField(9, bytes);
const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'model/invalid', message: expect.stringMatching(message) });

for (const dtype of dtypes) {
  if (dtype === 'string') continue;
  test(`${dtype} in raw_data is a view of the file`, () => {
    const bytes = Uint8Array.from({ length: byteLength(dtype, 3) }, (_, i) => i + 1);
    const tensor = decode(dtype, [3], raw(bytes));
    expect(tensor).toMatchObject({ dtype, dims: [3] });
    expect(tensor.bytes()).toEqual(bytes);
  });
}

/** Numbers in a typed field, and the bytes that they stand for. */
const typed: readonly (readonly [DType, number, number, readonly number[], readonly number[]])[] = [
  ['int32', 5, 2, [1, -2], [1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]],
  ['int16', 5, 2, [1, -2], [1, 0, 0xfe, 0xff]],
  ['uint16', 5, 2, [1, 65535], [1, 0, 0xff, 0xff]],
  ['float16', 5, 2, [0x3c00, 0xbc00], [0x00, 0x3c, 0x00, 0xbc]],
  ['bfloat16', 5, 2, [0x3f80, 0], [0x80, 0x3f, 0, 0]],
  ['int8', 5, 3, [1, -1, 300], [1, 0xff, 44]],
  ['uint8', 5, 2, [1, 255], [1, 255]],
  ['bool', 5, 2, [1, 0], [1, 0]],
  ['float8e4m3fn', 5, 2, [0x38, 0xb8], [0x38, 0xb8]],
  ['int4', 5, 3, [0x21, 0x03], [0x21, 0x03]],
  ['float4e2m1', 5, 2, [0x21], [0x21]],
  ['uint2', 5, 5, [0b11100100, 0b01], [0b11100100, 0b01]],
  ['float6e2m3', 5, 4, [0x01, 0x3f, 0x20, 0x15], [0xc1, 0x0f, 0x56]],
  ['float6e3m2', 5, 1, [0x2a], [0x2a]],
  ['int64', 7, 2, [-1, 2 ** 40], [255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 1, 0, 0]],
  ['uint64', 11, 1, [2 ** 35 + 7], [7, 0, 0, 0, 8, 0, 0, 0]],
  ['uint32', 11, 1, [2 ** 32 - 1], [255, 255, 255, 255]],
];

for (const [dtype, no, count, numbers, bytes] of typed) {
  test(`${dtype} in its typed field, packed or not`, () => {
    const packed = decode(dtype, [count], (rope) => {
      rope.fork(no);
      for (const n of numbers) rope.out.int64(n);
      rope.ldelim();
    });
    const unpacked = decode(dtype, [count], (rope) => {
      for (const n of numbers) rope.out.uint32(no * 8).int64(n);
    });
    expect([...packed.bytes()]).toEqual(bytes);
    expect([...unpacked.bytes()]).toEqual(bytes);
    expect(packed.byteLength).toBe(bytes.length);
  });
}

test('floats and doubles in typed fields, packed or not', () => {
  const floats = Float32Array.of(1.5, -0);
  const bytes = new Uint8Array(floats.buffer);
  expect([...decode('float32', [2], bytesField(4, bytes)).bytes()]).toEqual([...bytes]);
  expect([...decode('complex64', [1], bytesField(4, bytes)).bytes()]).toEqual([...bytes]);
  const single = decode('float32', [2], (rope) => {
    for (const f of floats) rope.out.uint32(0x25).float(f);
  });
  expect([...single.bytes()]).toEqual([...bytes]);
  const mixed = decode('float32', [4], (rope) => {
    bytesField(4, bytes)(rope);
    for (const f of floats) rope.out.uint32(0x25).float(f);
  });
  expect([...mixed.bytes()]).toEqual([...bytes, ...bytes]);
  const double = new Uint8Array(Float64Array.of(Math.PI).buffer);
  expect([...decode('float64', [1], bytesField(10, double)).bytes()]).toEqual([...double]);
});

test('a stretch of the bytes is brought into memory that somebody else has', () => {
  const tensor = decode(
    'float32',
    [3],
    bytesField(
      9,
      Uint8Array.from({ length: 12 }, (_, i) => i),
    ),
  );
  const target = new Uint8Array(8);
  tensor.data?.readInto?.(3, target.subarray(1, 6));
  expect([...target]).toEqual([0, 3, 4, 5, 6, 7, 0, 0]);
});

test('64-bit integers of any size come through exactly', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)), (values) => {
      const tensor = decode('int64', [values.length], (rope) => {
        rope.fork(7);
        for (const v of values) {
          rope.out.int64({ low: Number(BigInt.asIntN(32, v)), high: Number(v >> 32n), unsigned: false });
        }
        rope.ldelim();
      });
      const bytes = tensor.bytes().slice();
      expect([...new BigInt64Array(bytes.buffer)]).toEqual(values);
    }),
  );
});

test('strings are kept byte by byte', () => {
  const tensor = decode('string', [2], (rope) => {
    bytesField(6, Uint8Array.of(0xff))(rope);
    bytesField(6, new TextEncoder().encode('é'))(rope);
  });
  expect(tensor.strings).toEqual(['\udcff', 'é']);
});

test('an empty tensor needs no data', () => {
  expect(decode('float32', [0, 5], () => {}).bytes()).toEqual(new Uint8Array(0));
});

const floats = (count: number) => raw(new Uint8Array(4 * count));
const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    'too few bytes',
    () => decode('float32', [3], floats(2)),
    /8 bytes of data, but its type and dimensions take 12/,
  ],
  [
    'too many bytes',
    () => decode('float32', [1], floats(2)),
    /8 bytes of data, but its type and dimensions take 4/,
  ],
  [
    'no data',
    () => decode('float32', [2 ** 29], () => {}),
    /no data, but its dimensions say 536870912 elements/,
  ],
  [
    'too few floats',
    () => decode('float32', [2], bytesField(4, new Uint8Array(4))),
    /only 1 of the 2 numbers/,
  ],
  [
    'too few integers',
    () => decode('int64', [3], bytesField(7, Uint8Array.of(1, 2))),
    /only 2 of the 3 numbers/,
  ],
  [
    'too many integers',
    () => decode('int64', [1], bytesField(7, Uint8Array.of(1, 2))),
    /more than 1 of the 1/,
  ],
  [
    'another typed field',
    () => decode('float32', [1], bytesField(7, Uint8Array.of(1))),
    /data of another type/,
  ],
  [
    'two fields of data',
    () =>
      decode('float32', [1], (rope) => {
        floats(1)(rope);
        bytesField(4, new Uint8Array(4))(rope);
      }),
    /its data twice/,
  ],
  ['no element type', () => decode(0, [1], floats(1)), /element type 0, which ONNX does not define/],
  ['an unknown element type', () => decode(99, [1], floats(1)), /element type 99/],
  ['a negative dimension', () => decode('float32', [-1], floats(1)), /negative dimension -1/],
  ['dimensions that overflow', () => decode('int8', [2 ** 32, 2 ** 32], floats(1)), /multiply to too much/],
  ['strings in raw_data', () => decode('string', [1], floats(1)), /allows in string_data only/],
  ['too few strings', () => decode('string', [2], bytesField(6, new Uint8Array(1))), /1 strings, .* say 2/],
];

for (const [what, attempt, message] of refused) {
  test(`a tensor with ${what} is refused`, () => {
    expect(attempt).toThrow(invalid(message));
  });
}

test('a long list is measured at once and counted when it is needed', () => {
  const count = 100_000;
  const tensor = decode('int64', [count + 1], bytesField(7, new Uint8Array(count + 1).fill(0x80).fill(1, 1)));
  expect(() => tensor.bytes()).toThrow(invalid(/only 100000 of the 100001 numbers/));
  expect(() => decode('int64', [count + 1], bytesField(7, new Uint8Array(count)))).toThrow(
    invalid(/only 100000/),
  );
});
