import { sameShape } from '../../types/shape.ts';
import type { ValueType } from '../../types/value-type.ts';

/** Whether no value can have both types. Types that are not known contradict nothing. */
export function contradicts(a: ValueType | undefined, b: ValueType | undefined): boolean {
  if (!a || !b) return false;
  if (a.kind === 'tensor' || a.kind === 'sparse') {
    return b.kind !== a.kind || b.dtype !== a.dtype || sameShape(a.shape, b.shape) === 'no';
  }
  if (a.kind === 'sequence' || a.kind === 'optional') return b.kind !== a.kind || contradicts(a.of, b.of);
  if (a.kind === 'map') return b.kind !== 'map' || b.key !== a.key || contradicts(a.value, b.value);
  return b.kind !== 'opaque' || b.domain !== a.domain || b.name !== a.name;
}
