import { type Dim, dimKey, dimName, isAnonymous } from '../types/dim.ts';
import type { Shape } from '../types/shape.ts';
import type { ValueType } from '../types/value-type.ts';

/**
 * Both of two true statements about one dimension, as the more telling of them: a number before a name,
 * a name before an expression, that before an anonymous symbol; the first one when neither tells more.
 */
export function refineDim(a: Dim, b: Dim): Dim {
  return weight(b) > weight(a) ? b : a;
}

function weight(dim: Dim): number {
  if (typeof dim === 'number') return 3;
  if (dimName(dim) !== undefined) return 2;
  return isAnonymous(dim) ? 0 : 1;
}

/** Both of two true statements about one list of dimensions. The first one itself when it says it all. */
export function refineDims(a: Shape, b: Shape): Shape {
  if (a.length !== b.length) return a;
  let out: Dim[] | undefined;
  for (let i = 0; i < a.length; i += 1) {
    const x = a[i] ?? 0;
    const better = refineDim(x, b[i] ?? 0);
    if (better !== x) {
      out ??= [...a];
      out[i] = better;
    }
  }
  return out ?? a;
}

/** Both of two true statements about one type. The first one itself when it says it all. */
export function refineType(a: ValueType | undefined, b: ValueType | undefined): ValueType | undefined {
  if (!a) return b;
  if (!b || a.kind !== b.kind) return a;
  switch (a.kind) {
    case 'tensor':
    case 'sparse': {
      if (b.kind !== a.kind || !b.shape) return a;
      if (!a.shape) return { ...a, shape: b.shape };
      const shape = refineDims(a.shape, b.shape);
      return shape === a.shape ? a : { ...a, shape };
    }
    case 'sequence':
    case 'optional': {
      if (b.kind !== a.kind) return a;
      const of = refineType(a.of, b.of);
      return of === a.of ? a : { ...a, of };
    }
    case 'map':
    case 'opaque':
      return a;
  }
}

/** Whether two types say the same. */
export function sameType(a: ValueType | undefined, b: ValueType | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.kind !== b.kind) return false;
  if (a.kind !== 'tensor' || b.kind !== 'tensor') return typeKey(a) === typeKey(b);
  return a.dtype === b.dtype && sameSizes(a.shape, b.shape);
}

function sameSizes(a: Shape | undefined, b: Shape | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    if (x !== y && (typeof x === 'number' || typeof y === 'number' || x.key !== y.key)) return false;
  }
  return true;
}

/** Text that is equal for equal types. */
export function typeKey(type: ValueType): string {
  switch (type.kind) {
    case 'tensor':
    case 'sparse':
      return `${type.kind}(${type.dtype}${type.shape ? `[${type.shape.map(dimKey).join(',')}]` : ''})`;
    case 'sequence':
    case 'optional':
      return `${type.kind}(${type.of ? typeKey(type.of) : '?'})`;
    case 'map':
      return `map(${type.key},${type.value ? typeKey(type.value) : '?'})`;
    case 'opaque':
      return `opaque(${type.domain},${type.name})`;
  }
}
