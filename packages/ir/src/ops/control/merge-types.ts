import { type Dim, freshDim } from '../../types/dim.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import type { Shape } from '../../types/shape.ts';
import type { ValueType } from '../../types/value-type.ts';

/** What two types have in common: the type of a value that is either of one or of the other. */
export function mergeTypes(a: ValueType | undefined, b: ValueType | undefined): ValueType | undefined {
  if (a === undefined || b === undefined) return undefined;
  switch (a.kind) {
    case 'tensor':
    case 'sparse': {
      if (b.kind !== a.kind || b.dtype !== a.dtype) return undefined;
      const shape = mergeShapes(a.shape, b.shape);
      return shape === undefined ? { kind: a.kind, dtype: a.dtype } : { kind: a.kind, dtype: a.dtype, shape };
    }
    case 'sequence':
    case 'optional':
      return b.kind === a.kind ? { kind: a.kind, of: mergeTypes(a.of, b.of) } : undefined;
    case 'map': {
      if (b.kind !== 'map' || b.key !== a.key) return undefined;
      return { kind: 'map', key: a.key, value: mergeTypes(a.value, b.value) };
    }
    case 'opaque':
      return b.kind === 'opaque' && b.domain === a.domain && b.name === a.name ? a : undefined;
  }
}

/** Dims that are not the same become fresh ones; shapes of different rank have nothing in common. */
export function mergeShapes(a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  if (a === undefined || b === undefined || a.length !== b.length) return undefined;
  return a.map((dim, i) => mergeDim(dim, b[i] ?? 0));
}

function mergeDim(a: Dim, b: Dim): Dim {
  return sameDim(a, b) === 'yes' ? a : freshDim();
}

/**
 * The type of one element of a sequence. A symbol in the element type of a sequence says only that a
 * dimension is not known: elements may differ in it, even where a file names it. So each element that is
 * taken out gets symbols of its own.
 */
export function elementType(sequence: ValueType | undefined): ValueType | undefined {
  return sequence?.kind === 'sequence' && sequence.of ? ownDims(sequence.of) : undefined;
}

function ownDims(type: ValueType): ValueType {
  if (type.kind !== 'tensor' && type.kind !== 'sparse') return type;
  if (type.shape === undefined) return type;
  return { ...type, shape: type.shape.map((d) => (typeof d === 'number' ? d : freshDim())) };
}
