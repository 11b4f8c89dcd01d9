import {
  type DType,
  decodeSmallFloats,
  dtypeBits,
  dtypeKind,
  elementCount,
  encodeSmallFloats,
  InternalError,
  isSmallFloat,
  newElements,
} from '@refold/ir';
import type { KernelContext } from '../kernels/kernel.ts';
import { NdArray, type NdValue } from './nd-array.ts';

/** Numbers as kernels read them. */
export type Reals =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Types whose arrays hold the numbers themselves, not codes of them and not bigints. */
export function holdsReals(dtype: DType): boolean {
  const kind = dtypeKind(dtype);
  if (kind === 'string' || kind === 'complex') return false;
  return kind === 'float' ? dtype === 'float32' || dtype === 'float64' : dtypeBits(dtype) < 64;
}

/** Types whose arrays round and wrap whatever number is stored, so that results can be written in place. */
export function storesReals(dtype: DType): boolean {
  return holdsReals(dtype) && dtype !== 'bool' && dtypeBits(dtype) >= 8;
}

/**
 * The elements as numbers: the array itself where it holds them, decoded copies of small floats (exact) and
 * of 64-bit integers (rounded to double). Never write to the result. Throws for strings and complex numbers.
 */
export function reals(array: NdArray): Reals {
  const { data, dtype } = array;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return bigToReals(data);
  if (Array.isArray(data) || dtypeKind(dtype) === 'complex') {
    throw new InternalError(`a ${dtype} array has no real elements`);
  }
  return isSmallFloat(dtype) ? decodeSmallFloats(dtype, data) : data;
}

/** Reads 64-bit integers word by word: `Number(bigint)` costs some 30 times as much. */
function bigToReals(data: BigInt64Array | BigUint64Array): Float64Array {
  const out = new Float64Array(data.length);
  const low = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
  const high = data instanceof BigInt64Array ? new Int32Array(data.buffer, data.byteOffset, low.length) : low;
  const first = LITTLE_ENDIAN ? 0 : 1;
  for (let i = 0; i < out.length; i += 1) {
    out[i] = (high[2 * i + 1 - first] as number) * 4294967296 + (low[2 * i + first] as number);
  }
  return out;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * An array of the given numbers, each rounded once to the type. Floats out of range become infinity, or NaN
 * in a type without it; integers are truncated and wrap (NaN and infinity give 0); bool is "not zero".
 * The result shares `values` when that is an array of the right kind.
 */
export function fromReals(dtype: DType, dims: readonly number[], values: ArrayLike<number>): NdArray {
  if (dtype === 'float32' && values instanceof Float32Array) return new NdArray(dtype, dims, values);
  if (dtype === 'float64' && values instanceof Float64Array) return new NdArray(dtype, dims, values);
  const array = new NdArray(dtype, dims, newElements(dtype, elementCount(dims)));
  storeReals(values, array);
  return array;
}

/** Rounds numbers into an array of any numeric type, as {@link fromReals} does. */
export function storeReals(values: ArrayLike<number>, into: NdArray): void {
  const { data, dtype } = into;
  if (Array.isArray(data) || dtypeKind(dtype) === 'complex') {
    throw new InternalError(`numbers cannot be stored in a ${dtype} array`);
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    storeBig(values, data);
  } else if (isSmallFloat(dtype)) {
    encodeSmallFloats(dtype, values, data as Uint8Array | Uint16Array);
  } else if (dtype === 'bool') {
    for (let i = 0; i < data.length; i += 1) data[i] = values[i] === 0 ? 0 : 1;
  } else if (dtypeBits(dtype) < 8) {
    storeNarrow(values, data, 32 - dtypeBits(dtype), dtypeKind(dtype) === 'signed');
  } else {
    for (let i = 0; i < data.length; i += 1) data[i] = values[i] as number;
  }
}

function storeNarrow(values: ArrayLike<number>, data: Reals, shift: number, signed: boolean): void {
  for (let i = 0; i < data.length; i += 1) {
    const bits = (values[i] as number) << shift;
    data[i] = signed ? bits >> shift : bits >>> shift;
  }
}

/** Writes word by word, which is exact: the words of x are x and floor(x / 2^32), both modulo 2^32. */
function storeBig(values: ArrayLike<number>, data: BigInt64Array | BigUint64Array): void {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
  const first = LITTLE_ENDIAN ? 0 : 1;
  for (let i = 0; i < data.length; i += 1) {
    const x = Math.trunc(values[i] as number);
    words[2 * i + first] = x;
    words[2 * i + 1 - first] = Math.floor(x / 4294967296);
  }
}

/** The elements of an int64 or uint64 array. */
export function bigints(array: NdArray): BigInt64Array | BigUint64Array {
  const { data, dtype } = array;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return data;
  throw new InternalError(`a ${dtype} array does not hold 64-bit integers`);
}

/** The tensor that operand `index` is. Throws when it is absent, or is a sequence, an optional or a map. */
export function asTensor(value: NdValue | undefined, ctx: KernelContext, index: number): NdArray {
  if (value === undefined) throw ctx.op.invalid(`input ${index} is missing`);
  if (value.kind !== 'tensor') throw ctx.op.invalid(`input ${index} is ${article(value.kind)}, not a tensor`);
  return value;
}

function article(kind: NdValue['kind']): string {
  return kind === 'optional' ? 'an optional' : `a ${kind}`;
}
