import { type DType, elementCount, InternalError } from '@refold/ir';

/**
 * Elements of a tensor while a graph runs, one array element per tensor element (two for complex):
 * sub-byte types are unpacked, `bool` is 0 or 1, float16, bfloat16 and smaller floats are bit patterns.
 */
export type NdData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | string[];

/** A dense tensor in row-major order. Kernels never write to their inputs, so arrays may share `data`. */
export class NdArray {
  readonly kind = 'tensor';
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: NdData;

  constructor(dtype: DType, dims: readonly number[], data: NdData) {
    this.dtype = dtype;
    this.dims = dims;
    this.data = data;
    const perElement = dtype === 'complex64' || dtype === 'complex128' ? 2 : 1;
    if (data.length !== elementCount(dims) * perElement) {
      throw new InternalError(`${data.length} elements do not fill ${dtype} [${dims.join(',')}]`);
    }
  }

  /** Number of elements. */
  get size(): number {
    return elementCount(this.dims);
  }

  get rank(): number {
    return this.dims.length;
  }

  /** The same elements under another shape; nothing is copied. */
  reshaped(dims: readonly number[]): NdArray {
    return new NdArray(this.dtype, dims, this.data);
  }
}

/** A sequence value (`SequenceProto`). */
export interface NdSequence {
  readonly kind: 'sequence';
  readonly items: readonly NdValue[];
}

/** An optional value; an empty one has no item. */
export interface NdOptional {
  readonly kind: 'optional';
  readonly item: NdValue | undefined;
}

/** A map from int64 or string keys, in insertion order. */
export interface NdMap {
  readonly kind: 'map';
  readonly keyType: DType;
  readonly entries: ReadonlyMap<bigint | string, NdValue>;
}

/** Whatever an edge of a graph can carry at run time. */
export type NdValue = NdArray | NdSequence | NdOptional | NdMap;
