import { type Dim, dtypeKind, type Int, isInteger, type OperandFacts, type ValueType } from '@refold/ir';
import type { NdArray, NdValue } from '../tensor/nd-array.ts';
import { reals } from '../tensor/reals.ts';
import { typeOfValue } from './value-type.ts';

/** Operands with more elements are data, not parameters: views never read them, and nobody shall copy them. */
const MAX_PARAMETER = 1 << 16;

/** Facts about operands that are all known: the values themselves. Elements are read when they are asked for. */
export class ValueFacts implements OperandFacts {
  private readonly values: readonly (NdValue | undefined)[];

  constructor(values: readonly (NdValue | undefined)[]) {
    this.values = values;
  }

  type(index: number): ValueType | undefined {
    const value = this.values[index];
    return value && typeOfValue(value);
  }

  ints(index: number): readonly Int[] | undefined {
    const array = this.parameter(index);
    return array && intsOf(array);
  }

  floats(index: number): readonly number[] | undefined {
    const array = this.parameter(index);
    if (!array) return undefined;
    const kind = dtypeKind(array.dtype);
    return kind === 'string' || kind === 'complex' ? undefined : Array.from(reals(array));
  }

  strings(index: number): readonly string[] | undefined {
    const data = this.parameter(index)?.data;
    return Array.isArray(data) ? data : undefined;
  }

  dims(index: number): readonly Dim[] | undefined {
    const array = this.parameter(index);
    if (!array || array.rank > 1 || !isInteger(array.dtype)) return undefined;
    const ints = intsOf(array);
    return ints?.every((i) => typeof i === 'number') ? (ints as readonly number[]) : undefined;
  }

  private parameter(index: number): NdArray | undefined {
    const value = this.values[index];
    return value?.kind === 'tensor' && value.size <= MAX_PARAMETER ? value : undefined;
  }
}

function intsOf(array: NdArray): readonly Int[] | undefined {
  if (!isInteger(array.dtype) && array.dtype !== 'bool') return undefined;
  const { data } = array;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Array.from(data, exactInt);
  return Array.isArray(data) ? undefined : Array.from(data);
}

function exactInt(x: bigint): Int {
  return x >= Number.MIN_SAFE_INTEGER && x <= Number.MAX_SAFE_INTEGER ? Number(x) : x;
}
