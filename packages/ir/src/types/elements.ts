import { InternalError } from '../errors.ts';
import type { Int } from '../graph/attribute.ts';
import { byteLength, type DType, dtypeBits, dtypeKind } from './dtype.ts';
import { packBits, unpackBits } from './packed-bits.ts';
import { decodeSmallFloats, encodeSmallFloats, isSmallFloat } from './small-floats.ts';
import { elementCount, Tensor } from './tensor.ts';

/**
 * Elements in memory, one array element per tensor element (two for complex): sub-byte types are unpacked,
 * `bool` is 0 or 1, float16, bfloat16 and smaller floats are bit patterns.
 */
export type ElementArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

type ArrayConstructor = {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): ElementArray;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): ElementArray;
};

const constructors: Readonly<Record<Exclude<DType, 'string'>, ArrayConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  complex64: Float32Array,
  complex128: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float8e4m3fn: Uint8Array,
  float8e4m3fnuz: Uint8Array,
  float8e5m2: Uint8Array,
  float8e5m2fnuz: Uint8Array,
  float8e8m0: Uint8Array,
  float6e2m3: Uint8Array,
  float6e3m2: Uint8Array,
  float4e2m1: Uint8Array,
  bool: Uint8Array,
  uint2: Uint8Array,
  uint4: Uint8Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  int2: Int8Array,
  int4: Int8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
};

function constructorOf(dtype: DType): ArrayConstructor {
  if (dtype === 'string') throw new InternalError('strings have no element array');
  return constructors[dtype];
}

/** Array elements per tensor element: 2 for complex types. */
export function elementWidth(dtype: DType): 1 | 2 {
  return dtypeKind(dtype) === 'complex' ? 2 : 1;
}

/** A zero-filled array for `count` tensor elements of any type but string. */
export function newElements(dtype: DType, count: number): ElementArray {
  return new (constructorOf(dtype))(count * elementWidth(dtype));
}

/** Whether this machine stores numbers as files of models do. */
export const hostIsLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * The elements of any tensor but a string one. A view of the tensor's bytes where they are aligned and
 * one element an array element, so never write to the result.
 */
export function tensorElements(tensor: Tensor): ElementArray {
  const { dtype } = tensor;
  const bits = dtypeBits(dtype);
  const bytes = tensor.bytes();
  if (bits < 8) return unpackBits(bytes, bits, tensor.size, dtypeKind(dtype) === 'signed');
  if (dtype === 'bool') return asBooleans(bytes);
  const make = constructorOf(dtype);
  const size = make.BYTES_PER_ELEMENT;
  const length = tensor.size * elementWidth(dtype);
  if (hostIsLittleEndian && bytes.byteOffset % size === 0) {
    return new make(bytes.buffer, bytes.byteOffset, length);
  }
  return new make(inHostOrder(bytes, size).buffer, 0, length);
}

/** Any byte but 0 is true; only files that are wrong have others than 0 and 1. */
function asBooleans(bytes: Uint8Array): Uint8Array {
  for (let i = 0; i < bytes.length; i += 1) {
    if ((bytes[i] as number) > 1) return bytes.map((b) => (b === 0 ? 0 : 1));
  }
  return bytes;
}

/** A copy of little-endian bytes in the order of this machine, at offset 0 of its buffer. */
function inHostOrder(bytes: Uint8Array, size: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  if (!hostIsLittleEndian) for (let i = 0; i < copy.length; i += size) copy.subarray(i, i + size).reverse();
  return copy;
}

/** A tensor over elements as {@link tensorElements} gives them. Where possible the array is not copied. */
export function tensorOfElements(dtype: DType, dims: readonly number[], elements: ElementArray): Tensor {
  const bits = dtypeBits(dtype);
  if (bits < 8) return Tensor.ofBytes(dtype, dims, packBits(elements as Uint8Array | Int8Array, bits));
  const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  return Tensor.ofBytes(
    dtype,
    dims,
    hostIsLittleEndian ? bytes : inHostOrder(bytes, elements.BYTES_PER_ELEMENT),
  );
}

/** Whether the elements are int64 or uint64. */
export function isBigElements(elements: ElementArray): elements is BigInt64Array | BigUint64Array {
  return elements instanceof BigInt64Array || elements instanceof BigUint64Array;
}

/**
 * The elements as doubles: a copy. 64-bit integers are rounded to double; a complex element gives two
 * numbers, real part first. Throws for string tensors.
 */
export function tensorFloats(tensor: Tensor): Float64Array {
  const elements = tensorElements(tensor);
  if (isBigElements(elements)) return Float64Array.from(elements, Number);
  if (isSmallFloat(tensor.dtype)) return new Float64Array(decodeSmallFloats(tensor.dtype, elements));
  return new Float64Array(elements);
}

/** The elements of an integer or bool tensor: numbers where that is exact, else bigints. */
export function tensorInts(tensor: Tensor): readonly Int[] {
  const kind = dtypeKind(tensor.dtype);
  if (kind !== 'signed' && kind !== 'unsigned' && kind !== 'bool') {
    throw new InternalError(`a ${tensor.dtype} tensor has no integer elements`);
  }
  const elements = tensorElements(tensor);
  return isBigElements(elements) ? Array.from(elements, asInt) : Array.from(elements);
}

function asInt(x: bigint): Int {
  return x >= Number.MIN_SAFE_INTEGER && x <= Number.MAX_SAFE_INTEGER ? Number(x) : x;
}

/**
 * A tensor of the given elements. Floats are rounded once to the type (out of range: infinity or NaN, as
 * the type has it); integers are truncated and wrap (NaN and infinity give 0); bool is "not zero"; complex
 * types take two values an element.
 */
export function tensorOf(
  dtype: DType,
  dims: readonly number[],
  values: ArrayLike<number | bigint> | readonly string[],
): Tensor {
  const count = elementCount(dims) * elementWidth(dtype);
  if (values.length !== count) {
    throw new InternalError(`${values.length} values do not fill ${dtype} [${dims.join(',')}]`);
  }
  if (dtype === 'string') return Tensor.ofStrings(dims, Array.from(values, String));
  const elements = newElements(dtype, elementCount(dims));
  fillElements(dtype, values, elements);
  return tensorOfElements(dtype, dims, elements);
}

function fillElements(dtype: DType, values: ArrayLike<number | bigint | string>, out: ElementArray): void {
  if (isBigElements(out)) {
    for (let i = 0; i < out.length; i += 1) out[i] = toBigInt(values[i] ?? 0);
  } else if (isSmallFloat(dtype)) {
    encodeSmallFloats(dtype, Array.from(values, toDouble), out as Uint8Array | Uint16Array);
  } else if (dtype === 'float32' || dtype === 'complex64') {
    for (let i = 0; i < out.length; i += 1) out[i] = toDouble(values[i] ?? 0);
  } else if (dtype === 'bool') {
    for (let i = 0; i < out.length; i += 1) out[i] = Number(values[i]) === 0 ? 0 : 1;
  } else {
    const shift = dtypeBits(dtype) < 8 ? 32 - dtypeBits(dtype) : 0;
    const signed = dtypeKind(dtype) === 'signed';
    for (let i = 0; i < out.length; i += 1) {
      const value = values[i] ?? 0;
      const x =
        typeof value === 'bigint' && out.BYTES_PER_ELEMENT < 8
          ? Number(BigInt.asIntN(32, value))
          : Number(value);
      out[i] = shift === 0 ? x : signed ? (x << shift) >> shift : (x << shift) >>> shift;
    }
  }
}

function toDouble(value: number | bigint | string): number {
  return typeof value === 'bigint' ? oddDouble(value) : Number(value);
}

/**
 * A double that rounds to every narrower float as the 64-bit integer itself would: what does not fit in 53
 * bits leaves its mark in the last one (rounding to odd).
 */
export function oddDouble(x: bigint): number {
  if (x >= Number.MIN_SAFE_INTEGER && x <= Number.MAX_SAFE_INTEGER) return Number(x);
  const lost = (x & 2047n) === 0n ? 0n : 1n;
  return Number((x >> 11n) | lost) * 2048;
}

function toBigInt(value: number | bigint | string): bigint {
  if (typeof value === 'bigint') return value;
  const x = Math.trunc(Number(value));
  return Number.isFinite(x) ? BigInt(x) : 0n;
}

/** Whether a tensor has elements and all are the same, bit by bit. */
export function isSplat(tensor: Tensor): boolean {
  if (tensor.size === 0) return false;
  if (tensor.strings) {
    const first = tensor.strings[0];
    return tensor.strings.every((s) => s === first);
  }
  const bits = dtypeBits(tensor.dtype);
  const bytes = bits < 8 ? (tensorElements(tensor) as Uint8Array | Int8Array) : tensor.bytes();
  const width = bits < 8 ? 1 : byteLength(tensor.dtype, 1);
  for (let i = width; i < bytes.length; i += 1) if (bytes[i] !== bytes[i - width]) return false;
  return true;
}
