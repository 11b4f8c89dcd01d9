import { byteLength, type DType, isSplat, Tensor, tensorFloats, tensorInts, type Value } from '@refold/ir';
import { constantOf } from './constant-of.ts';

/** More elements than this are data: they are not read to find out whether they are all equal. */
const MAX_SPLAT = 1 << 20;

const splats = new WeakMap<Tensor, { readonly value: number | bigint | string | undefined }>();

/** A constant as a pattern sees it. */
export class ConstRef {
  /** The value in the graph, to be used as an operand. Its dtype and dims are those of the constant. */
  readonly value: Value;
  /** The elements, also when the graph computes them from other constants. */
  readonly tensor: Tensor;

  constructor(value: Value, tensor: Tensor) {
    this.value = value;
    this.tensor = tensor;
  }

  /** The constant behind a value, if it is one. */
  static of(value: Value): ConstRef | undefined {
    const tensor = constantOf(value);
    return tensor && new ConstRef(value, tensor);
  }

  get dtype(): DType {
    return this.tensor.dtype;
  }

  get dims(): readonly number[] {
    return this.tensor.dims;
  }

  get rank(): number {
    return this.tensor.rank;
  }

  get size(): number {
    return this.tensor.size;
  }

  /**
   * The one value of all elements, if they are equal bit by bit: a number, a bigint for 64-bit integers that
   * no double holds, a string. Undefined also for complex types, and for large tensors, which are not read.
   */
  get splat(): number | bigint | string | undefined {
    let known = splats.get(this.tensor);
    if (!known) {
      known = { value: splatOf(this.tensor) };
      splats.set(this.tensor, known);
    }
    return known.value;
  }

  /** The elements as doubles: a copy. */
  floats(): Float64Array {
    return tensorFloats(this.tensor);
  }

  /** The elements of an integer or bool constant; those beyond 2^53 lose their last bits. */
  ints(): readonly number[] {
    return tensorInts(this.tensor).map(Number);
  }

  /** The elements of an integer or bool constant, exactly. */
  bigints(): readonly bigint[] {
    return tensorInts(this.tensor).map(BigInt);
  }
}

function splatOf(tensor: Tensor): number | bigint | string | undefined {
  if (tensor.size > MAX_SPLAT || tensor.dtype === 'complex64' || tensor.dtype === 'complex128')
    return undefined;
  if (!isSplat(tensor)) return undefined;
  if (tensor.strings) return tensor.strings[0];
  return elementAt0(tensor);
}

/** The first element; all are equal, so no other is decoded. */
function elementAt0(tensor: Tensor): number | bigint | undefined {
  const one = Tensor.ofBytes(tensor.dtype, [1], tensor.bytes().slice(0, byteLength(tensor.dtype, 1)));
  return one.dtype === 'int64' || one.dtype === 'uint64' ? tensorInts(one)[0] : tensorFloats(one)[0];
}
