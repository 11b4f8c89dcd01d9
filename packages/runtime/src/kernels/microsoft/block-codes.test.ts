import { type DType, ModelError } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { type AttributeValue, runTensor } from '../run-one.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;
type Inputs = readonly (NdArray | undefined)[];

const product = (inputs: Inputs, attributes: Attributes): NdArray =>
  runTensor('MatMulNBits', inputs, attributes, { domain: 'com.microsoft' });
const lookup = (inputs: Inputs, attributes: Attributes): NdArray =>
  runTensor('GatherBlockQuantized', inputs, attributes, { domain: 'com.microsoft' });

/** Elements that follow from a seed, between two integers. */
function drawn(dtype: DType, dims: readonly number[], from: number, to: number, seed = 1): NdArray {
  const size = dims.reduce((a, d) => a * d, 1);
  const values = Array.from(
    { length: size },
    (_, i) => from + ((i * 7919 + seed * 104_729) % (to - from + 1)),
  );
  return fromReals(dtype, dims, values);
}

const scaled = (array: NdArray, factor: number, dtype: DType = 'float32'): NdArray =>
  fromReals(
    dtype,
    array.dims,
    Array.from(reals(array), (x) => x * factor),
  );

/** Rows of codes in bytes, the first code of a byte in its low bits; rows are filled up to `bytesOfRow`. */
function packed(codes: NdArray, bits: number, bytesOfRow: number): Uint8Array {
  const columns = codes.dims.at(-1) ?? 1;
  const bytes = new Uint8Array((codes.size / columns) * bytesOfRow).fill(0);
  reals(codes).forEach((code, i) => {
    const bit = (i % columns) * bits;
    const at = Math.floor(i / columns) * bytesOfRow + Math.floor(bit / 8);
    bytes[at] = (bytes[at] ?? 0) | (code << (bit % 8));
  });
  return bytes;
}

const bitWidths = fc.constantFrom(2, 4, 8);
const blockSizes = fc.constantFrom(16, 32, 64);
const count = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const zeroPointForms = fc.constantFrom('none', 'packed', 'floats');
const floats = fc.constantFrom<DType>('float32', 'float16', 'bfloat16');

const products = fc.record({
  bits: bitWidths,
  block: blockSizes,
  k: count(80),
  n: count(7),
  rows: fc.constantFrom([], [1], [5], [2, 3], [0]),
  zeros: zeroPointForms,
  biased: fc.boolean(),
  type: floats,
  seed: fc.nat(1000),
});

test('MatMulNBits is Gemm with what DequantizeLinear gives of the codes, to the bit', () => {
  fc.assert(
    fc.property(products, ({ bits, block, k, n, rows, zeros, biased, type, seed }) => {
      const blocks = Math.ceil(k / block);
      const a = scaled(drawn('float32', [...rows, k], -50, 50, seed), 1 / 7, type);
      const codes = drawn('uint8', [n, k], 0, 2 ** bits - 1, seed);
      const scales = scaled(drawn('float32', [n, blocks], 1, 99, seed), 1 / 33, type);
      const points = drawn('uint8', [n, blocks], 0, 2 ** bits - 1, seed + 1);
      const bias = biased ? scaled(drawn('float32', [n], -9, 9, seed), 1.3, type) : undefined;
      const blob = (block * bits) / 8;
      const bytes = Math.ceil((blocks * bits) / 8);
      const given = {
        none: undefined,
        packed: new NdArray('uint8', [n, bytes], packed(points, bits, bytes)),
        floats: scaled(points, 1, type),
      }[zeros];
      const b = new NdArray('uint8', [n, blocks, blob], packed(codes, bits, blocks * blob));
      const attributes = { K: k, N: n, bits, block_size: block };
      const got = product([a, b, scales, given, undefined, bias], attributes);

      const middle = fromReals('uint8', [n, blocks], new Array<number>(n * blocks).fill(2 ** (bits - 1)));
      const weights = runTensor('DequantizeLinear', [codes, scales, zeros === 'none' ? middle : points], {
        axis: 1,
        block_size: block,
      });
      const matrix = a.reshaped([a.size / k, k]);
      const want = runTensor('Gemm', [matrix, weights, bias], { transB: 1 });
      expect(got).toEqual(want.reshaped([...rows, n]));
    }),
    { numRuns: 150 },
  );
});

test('scales and zero points of MatMulNBits may be flat', () => {
  const [a, b] = [drawn('float32', [2, 40], -3, 3), drawn('uint8', [3, 3, 8], 0, 255)];
  const [scales, zeros] = [drawn('float32', [3, 3], 1, 4), drawn('uint8', [3, 2], 0, 255)];
  const attributes = { K: 40, N: 3, block_size: 16 };
  expect(product([a, b, scales.reshaped([9]), zeros.reshaped([6])], attributes)).toEqual(
    product([a, b, scales, zeros], attributes),
  );
});

const tables = fc.record({
  bits: bitWidths,
  block: blockSizes,
  rows: count(9),
  columns: count(5),
  points: fc.boolean(),
  type: floats,
  indices: fc.constantFrom([], [4], [2, 3], [0]),
  seed: fc.nat(1000),
});

test('GatherBlockQuantized of bytes is Gather of what DequantizeLinear gives of the codes, to the bit', () => {
  fc.assert(
    fc.property(tables, ({ bits, block, rows, columns: halves, points, type, indices: shape, seed }) => {
      const columns = halves * 12;
      const blocks = Math.ceil(columns / block);
      const codes = drawn('uint8', [rows, columns], 0, 2 ** bits - 1, seed);
      const scales = scaled(drawn('float32', [rows, blocks], 1, 99, seed), 1 / 33, type);
      const zeros = drawn('uint8', [rows, blocks], 0, 2 ** bits - 1, seed + 1);
      const indices = drawn('int64', shape, -rows, rows - 1, seed);
      const bytes = (columns * bits) / 8;
      const pointBytes = Math.ceil((blocks * bits) / 8);
      const given = new NdArray('uint8', [rows, pointBytes], packed(zeros, bits, pointBytes));
      const data = new NdArray('uint8', [rows, bytes], packed(codes, bits, bytes));
      const got = lookup([data, indices, scales, points ? given : undefined], { bits, block_size: block });

      const middle = fromReals(
        'uint8',
        [rows, blocks],
        new Array<number>(rows * blocks).fill(2 ** (bits - 1)),
      );
      const attributes = { axis: 1, block_size: block };
      const table = runTensor('DequantizeLinear', [codes, scales, points ? zeros : middle], attributes);
      expect(got).toEqual(runTensor('Gather', [table, indices], { axis: 0 }));
    }),
    { numRuns: 150 },
  );
});

test('codes of 4 bits are looked up and quantized along any axes, even along the same', () => {
  const axes = fc.integer({ min: -3, max: 2 });
  fc.assert(
    fc.property(
      ...[axes, axes, fc.constantFrom<DType>('int4', 'uint4'), fc.boolean(), fc.nat(99)],
      (gather, quantize, dtype, hasPoints, seed) => {
        const dims = [3, 20, 2];
        const at = quantize < 0 ? quantize + 3 : quantize;
        const scaleDims = dims.with(at, Math.ceil((dims[at] ?? 1) / 16));
        const [low, high] = dtype === 'int4' ? [-8, 7] : [0, 15];
        const data = drawn(dtype, dims, low, high, seed);
        const scales = scaled(drawn('float32', scaleDims, 1, 9, seed), 0.3);
        const zeros = hasPoints ? drawn(dtype, scaleDims, low, high, seed + 1) : undefined;
        const size = dims.at(gather) ?? 1;
        const indices = drawn('int32', [2, 2], -size, size - 1, seed);
        const attributes = { gather_axis: gather, quantize_axis: quantize, block_size: 16 };
        const table = runTensor('DequantizeLinear', [data, scales, zeros], { axis: at, block_size: 16 });
        expect(lookup([data, indices, scales, zeros], attributes)).toEqual(
          runTensor('Gather', [table, indices], { axis: gather }),
        );
      },
    ),
  );
});

const a = drawn('float32', [2, 40], -3, 3);
const b = drawn('uint8', [3, 3, 8], 0, 255);
const scales = drawn('float32', [3, 3], 1, 4);
const right = { K: 40, N: 3, block_size: 16 };

test('MatMulNBits says what does not fit, and what it does not have', () => {
  const refuses = (inputs: Inputs, attributes: Attributes, message: string): void =>
    expect(() => product(inputs, attributes), message).toThrow(message);
  refuses([a, b, scales], { N: 3, block_size: 16 }, 'it has no attribute K');
  refuses([a, b, scales], { ...right, K: -1 }, 'K -1 is not a size');
  refuses([a, b, scales], { ...right, bits: 3 }, 'bits 3 is not 2, 4 or 8');
  refuses([a, b, scales], { ...right, block_size: 24 }, 'block_size 24 is not a power of two');
  refuses([a, b, scales], { ...right, K: 41 }, 'input 0 has shape [2, 40], not [2, 41]');
  refuses(
    [a, b, scales],
    { ...right, K: 2 ** 50 },
    'input 1 has shape [3, 3, 8], not [3, 70368744177664, 8]',
  );
  refuses([a, b, scales.reshaped([3, 3, 1])], right, 'input 2 has shape [3, 3, 1], not [3, 3] or [9]');
  refuses([a, b, scales, scales.reshaped([9, 1])], right, 'input 3 has shape [9, 1], not [3, 3] or [9]');
  refuses([a, b, scales, drawn('uint8', [3, 3], 0, 9)], right, 'input 3 has shape [3, 3], not [3, 2] or [6]');
  refuses([a, b, scales, drawn('int8', [3, 2], 0, 9)], right, 'neither uint8 nor float32');
  refuses([a, drawn('int8', b.dims, 0, 9), scales], right, 'packed codes are int8');
  refuses([scaled(a, 1, 'float64'), b, scaled(scales, 1, 'float64')], right, 'does not multiply float64');
  refuses([scaled(a, 1, 'float16'), b, scales], right, 'different types, float16 and float32');
  refuses([fromReals('float32', [], [1]), b, scales], right, 'a scalar cannot be multiplied');
  const groups = drawn('int32', [40], 0, 2);
  expect(() => product([a, b, scales, undefined, groups], right)).toThrow(
    expect.objectContaining({
      code: 'model/unsupported',
      message: 'com.microsoft.MatMulNBits: g_idx is not supported',
    }),
  );
  expect(() => product([a, b, scales], { ...right, weight_prepacked: 1 })).toThrow(ModelError);
});

test('GatherBlockQuantized says what does not fit, and what it does not have', () => {
  const data = drawn('uint8', [3, 20], 0, 255);
  const index = fromReals('int64', [1], [2]);
  const refuses = (inputs: Inputs, attributes: Attributes, message: string): void =>
    expect(() => lookup(inputs, { block_size: 16, ...attributes }), message).toThrow(message);
  refuses([data, fromReals('int64', [1], [3]), scales], {}, 'index 3 is out of range for an axis of size 3');
  refuses([data, fromReals('float32', [1], [0]), scales], {}, 'not int32 or int64');
  refuses([data, index, scales], { gather_axis: 1 }, 'bytes are looked up along their first axis');
  refuses([data, index, scales], { quantize_axis: 2 }, 'out of range');
  refuses([data, index, scales], { bits: 8 }, 'input 2 has shape [3, 3], not [3, 2]');
  refuses([data, index, scales, drawn('uint8', [3, 3], 0, 9)], {}, 'input 3 has shape [3, 3], not [3, 2]');
  refuses(
    [data, index, scales, drawn('uint4', [3, 2], 0, 9)],
    {},
    'codes are uint8, their zero points are uint4',
  );
  refuses([drawn('int4', [3, 40], 0, 7), index, scales], { bits: 8 }, 'codes of int4 do not have 8 bits');
  refuses([drawn('float8e4m3fn', [3, 40], 0, 7), index, scales], {}, 'data of float8e4m3fn is not supported');
  refuses([data, index, scaled(scales, 1, 'float64')], {}, 'scales cannot be float64');
});
