import { printShape, type ValueType } from '@refold/ir';
import { type NdValue, typeOfValue } from '@refold/runtime';

/** Why an inferred type does not fit a value. */
export function typeMisfit(type: ValueType | undefined, value: NdValue): string | undefined {
  if (!type) return 'nothing is known of its type';
  const actual = typeOfValue(value);
  if (type.kind !== 'tensor' || actual.kind !== 'tensor') {
    return type.kind === actual.kind ? undefined : `it is a ${actual.kind}, not a ${type.kind}`;
  }
  if (type.dtype !== actual.dtype) return `it is ${actual.dtype}, not ${type.dtype}`;
  const [shape, dims] = [type.shape, actual.shape ?? []];
  if (!shape) return undefined;
  const fits = shape.length === dims.length && shape.every((d, i) => typeof d !== 'number' || d === dims[i]);
  return fits ? undefined : `it has shape ${printShape(dims)}, not ${printShape(shape)}`;
}
