import { type DType, splatOf, type Tensor, tensorFloats, tensorInts, type Value } from '@refold/ir';
import { constantOf } from './constant-of.ts';

/** A constant as a pattern sees it. */
export class ConstRef {
  /**
   * The value in the graph, to be used as an operand. Its dtype and dims are those of the constant. Undefined
   * where a sum or product was folded into one number.
   */
  readonly value: Value | undefined;
  /** The elements, also when the graph computes them from other constants. */
  readonly tensor: Tensor;

  constructor(value: Value | undefined, tensor: Tensor) {
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
    return splatOf(this.tensor);
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
