import type { DType } from './dtype.ts';
import type { Shape } from './shape.ts';

/** A tensor; `shape` is absent when not even the rank is known. */
export interface TensorType {
  readonly kind: 'tensor';
  readonly dtype: DType;
  readonly shape?: Shape | undefined;
}

/** The type of a sparse tensor. */
export interface SparseTensorType {
  readonly kind: 'sparse';
  readonly dtype: DType;
  readonly shape?: Shape | undefined;
}

/** The type of a sequence of values of one type. */
export interface SequenceType {
  readonly kind: 'sequence';
  readonly of?: ValueType | undefined;
}

/** The type of a value that may be absent. */
export interface OptionalType {
  readonly kind: 'optional';
  readonly of?: ValueType | undefined;
}

/** The type of a map. */
export interface MapType {
  readonly kind: 'map';
  readonly key: DType;
  readonly value?: ValueType | undefined;
}

/** A type that only its domain understands. */
export interface OpaqueType {
  readonly kind: 'opaque';
  readonly domain: string;
  readonly name: string;
}

/** The type of a value (`TypeProto`). A value whose type is not known at all has none. */
export type ValueType = TensorType | SparseTensorType | SequenceType | OptionalType | MapType | OpaqueType;

/** The type of a tensor; without a shape, its rank is unknown. */
export function tensorType(dtype: DType, shape?: Shape): TensorType {
  return shape === undefined ? { kind: 'tensor', dtype } : { kind: 'tensor', dtype, shape };
}

const kinds: ReadonlySet<string> = new Set(['tensor', 'sparse', 'sequence', 'optional', 'map', 'opaque']);

/** Whether an object, such as the value of an attribute, is a type of the IR. */
export function isValueType(x: object): x is ValueType {
  return 'kind' in x && typeof x.kind === 'string' && kinds.has(x.kind);
}
