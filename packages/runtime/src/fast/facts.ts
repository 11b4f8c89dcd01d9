import {
  type Dim,
  type DType,
  type Int,
  InternalError,
  type OperandFacts,
  staticShape,
  type Tensor,
  type ValueType,
} from '@refold/ir';
import type { Constants } from '../plan/constants.ts';
import { ValueFacts } from '../run/operand-facts.ts';
import { typeOfValue } from '../run/value-type.ts';
import { type ByteReader, readerOf } from '../tensor/byte-reader.ts';
import { NdArray, type NdValue } from '../tensor/nd-array.ts';
import type { ScaledCodes } from './scaled-codes.ts';

/** A value that no feed changes: a constant, or what follows from constants and from the sizes of feeds. */
export interface KnownFact {
  readonly kind: 'known';
  readonly type: ValueType;
  /** Whether not even the sizes of feeds had a part in it. */
  readonly fixed: boolean;
  /** What stands for it where something made of it is kept. */
  readonly key: object;
  /** Reads it. Large constants are read anew each time, so that nobody holds what has been packed. */
  value(): NdValue;
  /** Reads the bytes of a tensor, of any type but string. */
  bytes(): ByteReader;
  /** The codes that it is made of, if it is a weight of 8 bits. */
  readonly codes?: ScaledCodes | undefined;
}

/** A value of which the type is known, if that. */
export interface TypedFact {
  readonly kind: 'typed';
  readonly type: ValueType | undefined;
}

export type Fact = KnownFact | TypedFact;

/** Constants with more elements are not parameters but data. */
const MAX_PARAMETER = 1 << 16;

export function knownFact(value: NdValue, fixed: boolean): KnownFact {
  const bytes = (): ByteReader => bytesOf(value);
  return { kind: 'known', type: typeOfValue(value), fixed, key: value, value: () => value, bytes };
}

function bytesOf(value: NdValue): ByteReader {
  if (value instanceof NdArray) return readerOf(value);
  throw new InternalError('a tensor was expected');
}

/** A constant that is made of codes. A large one is made anew for each that reads it, while nobody holds it. */
export function codedFact(type: ValueType, codes: ScaledCodes, make: () => NdValue): KnownFact {
  const elements = dimsOf({ kind: 'typed', type })?.reduce((a, b) => a * b, 1) ?? 0;
  let small: NdValue | undefined;
  let large: WeakRef<NdValue> | undefined;
  const value = (): NdValue => {
    const before = small ?? large?.deref();
    if (before) return before;
    const made = make();
    if (elements > MAX_PARAMETER) large = new WeakRef(made);
    else small = made;
    return made;
  };
  return { kind: 'known', type, fixed: true, key: codes, value, bytes: () => bytesOf(value()), codes };
}

export function initializerFact(tensor: Tensor, constants: Constants): KnownFact {
  const { dtype, dims } = tensor;
  const read = (): NdValue => constants.fresh(tensor);
  let small: NdValue | undefined;
  return {
    kind: 'known',
    type: { kind: 'tensor', dtype, shape: dims },
    fixed: true,
    key: tensor,
    value() {
      if (tensor.size > MAX_PARAMETER) return read();
      small ??= read();
      return small;
    },
    bytes: () => constants.reader(tensor),
  };
}

/** The types that the fast tier computes with, all of them as float32; results of the others are rounded to them. */
export function isFloating(dtype: DType | undefined): dtype is 'float32' | 'float16' | 'bfloat16' {
  return dtype === 'float32' || dtype === 'float16' || dtype === 'bfloat16';
}

/** The sizes of the tensor that a fact is about, if all of them are known. */
export function dimsOf(fact: Fact | undefined): readonly number[] | undefined {
  return fact?.type?.kind === 'tensor' ? staticShape(fact.type.shape) : undefined;
}

/** Facts about operands, for views and inference while a plan is made. */
export class PlanFacts implements OperandFacts {
  private readonly facts: readonly (Fact | undefined)[];

  constructor(facts: readonly (Fact | undefined)[]) {
    this.facts = facts;
  }

  type(index: number): ValueType | undefined {
    return this.facts[index]?.type;
  }

  ints(index: number): readonly Int[] | undefined {
    return this.parameter(index)?.ints(0);
  }

  floats(index: number): readonly number[] | undefined {
    return this.parameter(index)?.floats(0);
  }

  strings(index: number): readonly string[] | undefined {
    return this.parameter(index)?.strings(0);
  }

  dims(index: number): readonly Dim[] | undefined {
    return this.parameter(index)?.dims(0);
  }

  private parameter(index: number): ValueFacts | undefined {
    const fact = this.facts[index];
    if (fact?.kind !== 'known') return undefined;
    const dims = dimsOf(fact);
    if (dims && dims.reduce((a, b) => a * b, 1) > MAX_PARAMETER) return undefined;
    return new ValueFacts([fact.value()]);
  }
}
