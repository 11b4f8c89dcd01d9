import { type DType, dtypeCode } from '@refold/ir';
import { expect, test } from 'vitest';
import { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { type AttributeValue, runTensor } from '../run-one.ts';

function cast(x: NdArray, to: DType, attributes: Readonly<Record<string, AttributeValue>> = {}): NdArray {
  return runTensor('Cast', [x], { to: dtypeCode(to), ...attributes });
}

const floats = (...values: readonly number[]): NdArray => fromReals('float32', [values.length], values);
const texts = (...values: string[]): NdArray => new NdArray('string', [values.length], values);
const int64 = (...values: readonly bigint[]): NdArray =>
  new NdArray('int64', [values.length], BigInt64Array.from(values));

test('floats are truncated to integers', () => {
  expect(cast(floats(1.9, -1.9, -0), 'int32').data).toEqual(Int32Array.of(1, -1, 0));
  expect(cast(floats(2 ** 40), 'int64').data).toEqual(BigInt64Array.of(2n ** 40n));
});

test('what an integer type cannot hold becomes what processors make of it', () => {
  expect(cast(floats(300.7, Number.NaN, -1.5), 'uint8').data).toEqual(Uint8Array.of(44, 0, 255));
  expect(cast(floats(1e20, Number.NaN), 'int32').data).toEqual(Int32Array.of(-(2 ** 31), -(2 ** 31)));
  expect(cast(floats(Number.POSITIVE_INFINITY), 'int64').data).toEqual(BigInt64Array.of(-(2n ** 63n)));
});

test('integers keep their low bits', () => {
  expect(cast(int64(2n ** 32n + 5n, -1n), 'int32').data).toEqual(Int32Array.of(5, -1));
  expect(cast(int64(200n), 'int8').data).toEqual(Int8Array.of(-56));
  expect(cast(int64(-1n), 'uint64').data).toEqual(BigUint64Array.of(2n ** 64n - 1n));
  expect(cast(fromReals('int32', [2], [9, -9]), 'int4').data).toEqual(Int8Array.of(-7, 7));
});

test('everything but zero is true, NaN too', () => {
  expect(cast(floats(0, -0, 0.1, Number.NaN), 'bool').data).toEqual(Uint8Array.of(0, 0, 1, 1));
  expect(cast(int64(0n, 256n), 'bool').data).toEqual(Uint8Array.of(0, 1));
});

test('int64 is rounded to float32 once', () => {
  expect(reals(cast(int64(2n ** 60n + 2n ** 36n + 1n, 2n ** 24n + 1n), 'float32'))).toEqual(
    Float32Array.of(2 ** 60 + 2 ** 37, 2 ** 24),
  );
});

test('a double is rounded to float16 once', () => {
  expect([...reals(cast(fromReals('float64', [2], [2049.0000000001, 65519.99999999]), 'float16'))]).toEqual([
    2050, 65504,
  ]);
});

test('float8 saturates unless told otherwise, float16 never does', () => {
  const x = floats(1e9, Number.NEGATIVE_INFINITY, Number.NaN);
  expect([...reals(cast(x, 'float8e4m3fn'))]).toEqual([448, -448, Number.NaN]);
  expect([...reals(cast(x, 'float8e5m2', { saturate: 0 }))]).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ]);
  expect([...reals(cast(x, 'float16'))]).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ]);
});

test('float8e8m0 rounds as it is told', () => {
  const x = floats(3, 2.5);
  expect([...reals(cast(x, 'float8e8m0'))]).toEqual([4, 4]);
  expect([...reals(cast(x, 'float8e8m0', { round_mode: 'down' }))]).toEqual([2, 2]);
  expect([...reals(cast(x, 'float8e8m0', { round_mode: 'nearest' }))]).toEqual([4, 2]);
});

test('numbers become text', () => {
  expect(cast(floats(0.1, 3, Number.POSITIVE_INFINITY), 'string').data).toEqual(['0.1', '3', 'INF']);
  expect(cast(int64(9007199254740993n), 'string').data).toEqual(['9007199254740993']);
});

test('text becomes numbers by a strict grammar', () => {
  expect([...reals(cast(texts('1.5', ' -2e3 ', '+INF', '-inf', 'nan'), 'float32'))]).toEqual([
    1.5,
    -2000,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ]);
  expect(cast(texts('9007199254740993', '-7', '100.5'), 'int64').data).toEqual(
    BigInt64Array.of(9007199254740993n, -7n, 100n),
  );
  for (const wrong of ['', 'x', '0x10', '1_0', '1e', '--1']) {
    expect(() => cast(texts(wrong), 'float32')).toThrow('is not a number');
    expect(() => cast(texts(wrong), 'int64')).toThrow('is not a number');
  }
});

test('text of many digits is refused in linear time', () => {
  expect(() => cast(texts(`${'1'.repeat(200_000)}x`), 'float32')).toThrow('is not a number');
});

test('BitCast keeps the bits', () => {
  const bits = runTensor('BitCast', [floats(1, -0)], { to: dtypeCode('uint32') });
  expect(bits.data).toEqual(Uint32Array.of(0x3f800000, 0x80000000));
  const codes = runTensor('BitCast', [fromReals('int4', [3], [-1, 7, -8])], { to: dtypeCode('uint4') });
  expect(codes.data).toEqual(Uint8Array.of(15, 7, 8));
  expect(() => runTensor('BitCast', [floats(1)], { to: dtypeCode('int64') })).toThrow('different widths');
});
