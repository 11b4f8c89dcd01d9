import { dimKey, type Known, type Shape, sameDim } from '../../types/dim.ts';
import type { ValueType } from '../../types/value-type.ts';

/** Whether no value can have both types. */
export function contradicts(a: ValueType | undefined, b: ValueType | undefined): boolean {
  return compareTypes(a, b, (x, y) => sameDim(x, y)) === 'no';
}

/** Whether two types say the same, known and unknown parts alike. */
export function isSameType(a: ValueType | undefined, b: ValueType | undefined): boolean {
  if (a === b) return true;
  return compareTypes(a, b, (x, y) => (dimKey(x) === dimKey(y) ? 'yes' : 'no')) === 'yes';
}

type CompareDims = (x: Shape[number], y: Shape[number]) => Known;

function compareTypes(a: ValueType | undefined, b: ValueType | undefined, dims: CompareDims): Known {
  if (!a || !b) return 'unknown';
  if (a.kind === 'tensor' || a.kind === 'sparse') {
    if (b.kind !== a.kind || b.dtype !== a.dtype) return 'no';
    return compareShapes(a.shape, b.shape, dims);
  }
  if (a.kind === 'sequence' || a.kind === 'optional')
    return b.kind === a.kind ? compareTypes(a.of, b.of, dims) : 'no';
  if (a.kind === 'map')
    return b.kind === 'map' && b.key === a.key ? compareTypes(a.value, b.value, dims) : 'no';
  return b.kind === 'opaque' && b.domain === a.domain && b.name === a.name ? 'yes' : 'no';
}

function compareShapes(a: Shape | undefined, b: Shape | undefined, dims: CompareDims): Known {
  if (!a || !b) return a === b ? 'yes' : 'unknown';
  if (a.length !== b.length) return 'no';
  let answer: Known = 'yes';
  for (const [i, dim] of a.entries()) {
    const same = dims(dim, b[i] ?? 0);
    if (same === 'no') return 'no';
    if (same === 'unknown') answer = 'unknown';
  }
  return answer;
}
