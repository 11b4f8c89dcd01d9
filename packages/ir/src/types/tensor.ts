import { InternalError } from '../errors.ts';
import { byteLength, type DType } from './dtype.ts';

/**
 * How the bytes of a tensor are reached. `load` gives the elements in row-major order, little-endian and
 * packed as ONNX's `raw_data` says (2- and 4-bit elements share bytes, low bits first).
 */
export interface TensorData {
  /** Bytes that `load` will give, known without loading. */
  readonly byteLength: number;
  load(): Uint8Array;
  /** Some of the bytes, where that is cheaper than all of them. */
  slice?(offset: number, length: number): Uint8Array;
  /** Fills `target` with the bytes from `offset` on, where nothing else needs to be allocated for that. */
  readInto?(offset: number, target: Uint8Array): void;
}

/** @internal Facts about the elements of a tensor that are asked for again and again. */
export interface TensorMemo {
  readonly splat?: { readonly value: number | bigint | string | undefined };
  readonly ints?: readonly (number | bigint)[];
  readonly floats?: readonly number[];
}

/**
 * A constant tensor. The bytes stay where they are (a file, a view of the model, a decoder of typed
 * fields) until they are asked for; nothing is copied, and loaded bytes must never be written to.
 */
export class Tensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  /** Data of every type but string. */
  readonly data: TensorData | undefined;
  /** Elements of a string tensor: UTF-8, with bytes that are not valid UTF-8 as U+DC80..U+DCFF. */
  readonly strings: readonly string[] | undefined;
  /**
   * What the reader of a file format knows about this tensor beyond its elements; the writer of the same
   * format gives it back unchanged. Opaque to everyone else.
   */
  readonly origin: object | undefined;
  /** @internal What has been computed from the elements, so that it is not computed again. */
  memo: TensorMemo | undefined = undefined;

  private constructor(
    dtype: DType,
    dims: readonly number[],
    data: TensorData | undefined,
    strings: readonly string[] | undefined,
    origin: object | undefined,
  ) {
    this.dtype = dtype;
    this.dims = dims;
    this.data = data;
    this.strings = strings;
    this.origin = origin;
  }

  /** A tensor over bytes in `raw_data` layout. */
  static ofBytes(dtype: DType, dims: readonly number[], bytes: Uint8Array): Tensor {
    if (dtype === 'string') throw new InternalError('a string tensor has no bytes');
    const want = byteLength(dtype, elementCount(dims));
    if (bytes.byteLength !== want) {
      throw new InternalError(
        `a ${dtype} tensor [${dims.join(',')}] takes ${want} bytes, not ${bytes.byteLength}`,
      );
    }
    return new Tensor(dtype, dims, { byteLength: want, load: () => bytes }, undefined, undefined);
  }

  static ofStrings(dims: readonly number[], strings: readonly string[], origin?: object): Tensor {
    if (strings.length !== elementCount(dims)) throw new InternalError('wrong number of strings');
    return new Tensor('string', dims, undefined, strings, origin);
  }

  /** A tensor whose bytes are loaded when they are asked for. */
  static lazy(dtype: DType, dims: readonly number[], data: TensorData, origin?: object): Tensor {
    return new Tensor(dtype, dims, data, undefined, origin);
  }

  /** The same elements under another shape with as many elements; nothing is copied. */
  reshaped(dims: readonly number[]): Tensor {
    if (elementCount(dims) !== this.size) throw new InternalError('reshaped changes the element count');
    return new Tensor(this.dtype, dims, this.data, this.strings, undefined);
  }

  /** Number of elements. */
  get size(): number {
    return elementCount(this.dims);
  }

  get rank(): number {
    return this.dims.length;
  }

  /** Bytes of the elements; for strings the sum of their UTF-16 lengths, as an estimate. */
  get byteLength(): number {
    if (this.data) return this.data.byteLength;
    let total = 0;
    for (const s of this.strings ?? []) total += s.length;
    return total;
  }

  /** The elements in `raw_data` layout. Do not write to the result. Throws for string tensors. */
  bytes(): Uint8Array {
    if (!this.data) throw new InternalError('a string tensor has no bytes');
    return this.data.load();
  }
}

/** Product of the dims; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  let count = 1;
  for (const d of dims) count *= d;
  return count;
}

/** A sparse tensor (`SparseTensorProto`): a constant of `dims` that is zero but for the listed values. */
export interface SparseTensor {
  readonly dims: readonly number[];
  /** The non-zero values, one dimension of length NNZ. */
  readonly values: Tensor;
  /** Their places: int64 [NNZ] (linear) or [NNZ, rank]. */
  readonly indices: Tensor;
  readonly origin?: object | undefined;
}
