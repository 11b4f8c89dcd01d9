import type { DType } from '../types/dtype.ts';
import type { Shape } from '../types/shape.ts';
import type { Value } from './value.ts';

/** The element type of a tensor, if it is known. An initializer without a type has that of its data. */
export function dtypeOf(value: Value | undefined): DType | undefined {
  const type = value?.type;
  if (type?.kind === 'tensor') return type.dtype;
  return type === undefined ? value?.tensor?.dtype : undefined;
}

/** The shape of a tensor, if its rank is known. An initializer without a type has that of its data. */
export function shapeOf(value: Value | undefined): Shape | undefined {
  const type = value?.type;
  if (type?.kind === 'tensor') return type.shape;
  return type === undefined ? value?.tensor?.dims : undefined;
}
