import { type DType, dtypeKind, isFloat, isInteger, type Shape, sameDim, type Value } from '@refold/ir';
import type { DimsTest, DTypeClass, ValueTest } from '../pattern/value-tests.ts';
import type { Bindings } from './bindings.ts';
import { isProduct } from './shape-equation.ts';

/** Whether a value passes the tests of a pattern. Sizes that the test names are bound. */
export function passes(value: Value, test: ValueTest, bindings: Bindings): boolean {
  if (test.singleUse !== undefined && (value.useCount === 1) !== test.singleUse) return false;
  if (test.graphOutput !== undefined && value.isGraphOutput !== test.graphOutput) return false;
  if (test.dtype === undefined && test.rank === undefined && test.dims === undefined) return true;
  const type = value.type;
  if (type?.kind !== 'tensor') return false;
  if (test.dtype !== undefined && !isOfClass(type.dtype, test.dtype)) return false;
  if (test.rank !== undefined && !hasRank(type.shape, test.rank)) return false;
  return test.dims === undefined || hasDims(type.shape, test.dims, bindings);
}

/** Whether a dtype is of a class, or of one of several. */
export function isOfClass(dtype: DType, wanted: DTypeClass | readonly DTypeClass[]): boolean {
  if (typeof wanted !== 'string') return wanted.some((w) => isOfClass(dtype, w));
  switch (wanted) {
    case 'float':
      return isFloat(dtype);
    case 'integer':
      return isInteger(dtype);
    case 'signed':
    case 'unsigned':
      return dtypeKind(dtype) === wanted;
    case 'number':
      return isFloat(dtype) || isInteger(dtype);
    default:
      return dtype === wanted;
  }
}

function hasRank(
  shape: Shape | undefined,
  wanted: number | { readonly min?: number; readonly max?: number },
): boolean {
  if (!shape) return false;
  if (typeof wanted === 'number') return shape.length === wanted;
  return shape.length >= (wanted.min ?? 0) && shape.length <= (wanted.max ?? Number.POSITIVE_INFINITY);
}

/** Whether a shape has the dims of a test; names are bound, or must agree with what they are bound to. */
export function hasDims(shape: Shape | undefined, test: DimsTest, bindings: Bindings): boolean {
  if (!shape) return false;
  const gap = test.indexOf('...');
  if (gap < 0) return shape.length === test.length && hasRun(shape, test, bindings);
  const after = test.slice(gap + 1);
  if (shape.length < gap + after.length) return false;
  return (
    hasRun(shape.slice(0, gap), test.slice(0, gap), bindings) &&
    hasRun(shape.slice(shape.length - after.length), after, bindings)
  );
}

function hasRun(shape: Shape, test: DimsTest, bindings: Bindings): boolean {
  return test.every((wanted, i) => {
    const size = shape[i];
    if (size === undefined || wanted === '_') return size !== undefined;
    if (typeof wanted === 'number') return sameDim(size, wanted) === 'yes';
    if (wanted.includes('*')) return isProduct(size, wanted, bindings);
    const bound = bindings.size(wanted);
    if (bound !== undefined) return sameDim(size, bound) === 'yes';
    bindings.setSize(wanted, size);
    return true;
  });
}
