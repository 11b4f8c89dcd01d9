import { type DType, dtypes } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawTensor } from '../inputs/elements.ts';
import { Random } from '../run/random.ts';
import { NdArray } from '../tensor/nd-array.ts';
import { fromReals, reals } from '../tensor/reals.ts';
import { readNpy, writeNpy } from './npy.ts';
import { readNpz, writeNpz } from './npz.ts';
import { readTensorFile, writeTensorFile } from './pb.ts';

/** An `.npy` file of version 1 with the given header and bytes. */
function npy(header: string, content: readonly number[] | Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length =
    version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...text, ...content]);
}

const head = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

const refused = (reason: RegExp) =>
  expect.objectContaining({ code: 'usage/data', message: expect.stringMatching(reason) });

test.each(dtypes)('%s comes back from .npy, .npz and .pb as it was', (dtype: DType) => {
  const array = drawTensor(dtype, [3, 5], new Random(1), 'special');
  const typeOf = (): DType => dtype;
  expect(readNpy(writeNpy(array), { dtype })).toEqual(array);
  expect(readNpz(writeNpz(new Map([['x', array]])), typeOf).get('x')).toEqual(array);
  expect(readTensorFile(writeTensorFile(array, 'x'))).toEqual({ name: 'x', array });
});

test('any shape comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4), { maxLength: 5 }), (dims) => {
      const array = drawTensor('int64', dims, new Random(2));
      expect(readNpy(writeNpy(array))).toEqual(array);
    }),
  );
});

test('elements begin at a multiple of 64 bytes', () => {
  expect(writeNpy(fromReals('int8', [1], [7])).length % 64).toBe(1);
});

test('big-endian elements are turned round', () => {
  expect(readNpy(npy(head('>i2', '(2,)'), [0, 1, 255, 254]))).toEqual(fromReals('int16', [2], [1, -2]));
  expect(readNpy(npy(head('>c8', '()'), [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0])).data).toEqual(
    Float32Array.of(1, -2),
  );
  expect(readNpy(npy(head('>U1', '(1,)'), [0, 0, 0, 0x41])).data).toEqual(['A']);
});

test('Fortran order is brought into C order', () => {
  const array = readNpy(npy(head('|u1', '(2, 3)', 'True'), [1, 2, 3, 4, 5, 6]));
  expect([...reals(array)]).toEqual([1, 3, 5, 2, 4, 6]);
});

test('strings of both kinds lose the zeros behind them and no others', () => {
  const codes = [0x1f600, 0, 0x41, 0].flatMap((c) => [c & 255, (c >> 8) & 255, c >> 16, 0]);
  expect(readNpy(npy(head('<U4', '(1,)'), codes)).data).toEqual(['\u{1f600}\0A']);
  expect(readNpy(npy(head('|S3', '(2,)'), [0x61, 0x62, 0, 0, 0, 0])).data).toEqual(['ab', '']);
});

test('headers of version 2, in another order, and written by Python 2', () => {
  const header = `{"shape": (2L,), 'fortran_order': False, 'descr': '<u1'}\n`;
  expect(readNpy(npy(header, [1, 2], 2))).toEqual(fromReals('uint8', [2], [1, 2]));
});

test('codes in uint8 and raw bytes are what the caller says', () => {
  const codes = npy(head('|u1', '(2,)'), [0x38, 0xb8]);
  expect(readNpy(codes).dtype).toBe('uint8');
  expect([...reals(readNpy(codes, { dtype: 'float8e4m3fn' }))]).toEqual([1, -1]);
  expect(() => readNpy(npy(head('|V2', '(1,)'), [0, 0]))).toThrow(refused(/must be given a type/));
});

test.each<readonly [string, Uint8Array, RegExp]>([
  ['other bytes', Uint8Array.from([1, 2, 3]), /begin/],
  ['an unknown version', npy(head('<f4', '(0,)'), [], 9), /version 9/],
  ['a header beyond the end', npy(head('<f4', '(0,)'), []).subarray(0, 20), /ends in its header/],
  ['a huge header', npy(' '.repeat(20000), []), /header takes 20000 bytes/],
  ['too few bytes', npy(head('<f4', '(2,)'), [0, 0, 0, 0]), /\(2\) of '<f4' does not take the 4 bytes/],
  ['too many bytes', npy(head('<f4', '()'), new Uint8Array(8)), /does not take the 8 bytes/],
  ['a huge shape', npy(head('<f4', '(99999999999, 99999999999)'), []), /does not take/],
  ['many items of no size', npy(head('<U0', '(99999999999,)'), []), /no size/],
  ['a negative size', npy(head('<f4', '(-1,)'), []), /shape cannot be read/],
  [
    'records',
    npy(`{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}`, []),
    /cannot be read|records/,
  ],
  ['objects', npy(head('|O', '()'), []), /of the type '\|O'/],
  ['code', npy(`{'descr': open('x'), 'fortran_order': False, 'shape': ()}`, []), /cannot be read/],
  ['no dictionary', npy('[]', []), /not a dictionary/],
  ['no shape', npy(`{'descr': '<f4', 'fortran_order': False}`, []), /does not say/],
  ['long doubles', npy(head('<f16', '()'), new Uint8Array(16)), /of the type 'f16'/],
])('an .npy file with %s is refused', (_, bytes, reason) => {
  expect(() => readNpy(bytes)).toThrow(refused(reason));
});

/** Written by numpy.savez_compressed(a=np.zeros(100, np.int8)). */
const deflated =
  'UEsDBC0AAAAIAAAAIQDnO+Mg//////////8FABQAYS5ucHkBABAA5AAAAAAAAABJAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF6Taaiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoYGBjqaOgq1CmQDLgY6AABQSwECLQMtAAAACAAAACEA5zvjIEkAAADkAAAABQAAAAAAAAAAAAAAgAEAAAAAYS5ucHlQSwUGAAAAAAEAAQAzAAAAgAAAAAAA';

test('deflated entries are read, and damage is seen', () => {
  const bytes = Uint8Array.from(atob(deflated), (c) => c.charCodeAt(0));
  expect(readNpz(bytes).get('a')).toEqual(fromReals('int8', [100], new Int8Array(100)));
  for (let at = 70; at < 110; at += 1) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(() => readNpz(damaged)).toThrow(refused(/damaged|begin/));
  }
});

test('any damage to an archive gives an error of ours, or other arrays, and takes no time', () => {
  const bytes = writeNpz(new Map([['x', new NdArray('int8', [3], Int8Array.of(1, 2, 3))]]));
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
      const damaged = bytes.slice();
      damaged[at] = value;
      try {
        readNpz(damaged);
      } catch (error) {
        expect(error).toMatchObject({ code: 'usage/data' });
      }
    }),
    { numRuns: 500 },
  );
});

test('a .pb file that is none is refused', () => {
  expect(() => readTensorFile(Uint8Array.from([0x4a, 8, 0]))).toThrow(refused(/\.pb/));
});
