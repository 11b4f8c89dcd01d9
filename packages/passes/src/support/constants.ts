import {
  broadcastsInto,
  constantTensor,
  type DType,
  dtypeKind,
  isSplat,
  type Shape,
  type Tensor,
  tensorFloats,
  type Value,
} from '@refold/ir';

/** Element type of a tensor value, if known. */
export function dtypeOf(value: Value | undefined): DType | undefined {
  const type = value?.type;
  return type?.kind === 'tensor' ? type.dtype : undefined;
}

/** Shape of a tensor value, if its rank is known. */
export function shapeOf(value: Value | undefined): Shape | undefined {
  const type = value?.type;
  return type?.kind === 'tensor' ? type.shape : undefined;
}

/** The one number that all elements of a constant numeric tensor are; undefined when there is none. */
export function splatOf(value: Value | undefined): number | undefined {
  const tensor = value && constantTensor(value);
  if (!tensor) return undefined;
  let splat = splats.get(tensor);
  if (splat === undefined) {
    splat = { value: findSplat(tensor) };
    splats.set(tensor, splat);
  }
  return splat.value;
}

/** Rules ask the same of a constant again and again. */
const splats = new WeakMap<Tensor, { readonly value: number | undefined }>();

function findSplat(tensor: Tensor): number | undefined {
  if (tensor.size === 0 || !isNumeric(tensor.dtype)) return undefined;
  return tensor.size === 1 || isSplat(tensor) ? tensorFloats(tensor)[0] : undefined;
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
