import { dtypes as allDTypes, type DType, dtypeKind, isFloat, isInteger } from '@refold/ir';
import fc from 'fast-check';

/** Sets of element types. */
export type DTypeClass = 'any' | 'float' | 'integer' | 'number' | 'bool' | 'string' | 'complex';

const members: Readonly<Record<DTypeClass, (dtype: DType) => boolean>> = {
  any: () => true,
  float: isFloat,
  integer: isInteger,
  number: (d) => isFloat(d) || isInteger(d),
  bool: (d) => d === 'bool',
  string: (d) => d === 'string',
  complex: (d) => dtypeKind(d) === 'complex',
};

/** Element types of the given classes, or of a list; all of them when nothing is given. Shrinks towards float32. */
export function dtypes(...of: readonly (DTypeClass | DType)[]): fc.Arbitrary<DType> {
  const wanted = of.length === 0 ? allDTypes : allDTypes.filter((d) => of.some((o) => isMember(d, o)));
  return fc.constantFrom(...wanted);
}

function isMember(dtype: DType, of: DTypeClass | DType): boolean {
  return of in members ? members[of as DTypeClass](dtype) : dtype === of;
}
