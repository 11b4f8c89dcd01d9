import { type Dim, isAnonymous, type Shape, sameDim, sameType, type ValueType } from '@refold/ir';

/**
 * Why a value of type `to` may not take the place of one of type `from`, as a code; undefined when it may. What
 * is known of `from` must be proved of `to`; sizes that nobody named need only not contradict.
 */
export function typeObjection(from: ValueType | undefined, to: ValueType | undefined): string | undefined {
  if (from === undefined || sameType(from, to)) return undefined;
  if (to === undefined) return 'type-not-proved';
  if (from.kind === 'tensor' || from.kind === 'sparse') {
    if (to.kind !== from.kind) return 'type-differs';
    if (to.dtype !== from.dtype) return 'dtype-differs';
    return shapeObjection(from.shape, to.shape);
  }
  if (from.kind === 'sequence' || from.kind === 'optional') {
    if (to.kind !== from.kind) return 'type-differs';
    return typeObjection(from.of, to.of);
  }
  return 'type-differs';
}

function shapeObjection(from: Shape | undefined, to: Shape | undefined): string | undefined {
  if (from === undefined) return undefined;
  if (to === undefined) return 'shape-not-proved';
  if (from.length !== to.length) return 'shape-differs';
  let objection: string | undefined;
  for (let i = 0; i < from.length; i += 1) {
    const found = dimObjection(from[i] ?? 0, to[i] ?? 0);
    if (found === 'shape-differs') return found;
    objection ??= found;
  }
  return objection;
}

function dimObjection(from: Dim, to: Dim): string | undefined {
  const same = sameDim(from, to);
  if (same === 'no') return 'shape-differs';
  return same === 'yes' || isAnonymous(from) ? undefined : 'shape-not-proved';
}
