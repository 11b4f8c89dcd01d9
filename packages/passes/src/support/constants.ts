import {
  broadcastsInto,
  constantTensor,
  type DType,
  dtypeKind,
  shapeOf,
  splatOf as splatOfTensor,
  tensorFloats,
  type Value,
} from '@refold/ir';

/** The one number that all elements of a constant numeric tensor are; undefined when there is none. */
export function splatOf(value: Value | undefined): number | undefined {
  const tensor = value && constantTensor(value);
  const splat = tensor && splatOfTensor(tensor);
  return typeof splat === 'string' || splat === undefined ? undefined : Number(splat);
}

/** The elements of a constant numeric tensor as doubles. */
export function constantFloats(value: Value | undefined): Float64Array | undefined {
  const tensor = value && constantTensor(value);
  return tensor && isNumeric(tensor.dtype) ? tensorFloats(tensor) : undefined;
}

/** Whether an operand broadcasts against another one without changing the shape of the latter. */
export function keepsShape(operand: Value, of: Value): boolean {
  return broadcastsInto(shapeOf(operand), shapeOf(of)) === 'yes';
}

function isNumeric(dtype: DType): boolean {
  const kind = dtypeKind(dtype);
  return kind !== 'string' && kind !== 'complex';
}
