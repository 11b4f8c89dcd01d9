import { tensorType, type ValueType } from '@refold/ir';
import type { NdValue } from '../tensor/nd-array.ts';

/** The type of a value in hand. A sequence has the type of its first item; an empty one tells nothing of items. */
export function typeOfValue(value: NdValue): ValueType {
  switch (value.kind) {
    case 'tensor':
      return tensorType(value.dtype, value.dims);
    case 'sequence': {
      const first = value.items[0];
      return { kind: 'sequence', of: first && typeOfValue(first) };
    }
    case 'optional':
      return { kind: 'optional', of: value.item && typeOfValue(value.item) };
    case 'map': {
      const [first] = value.entries.values();
      return { kind: 'map', key: value.keyType, value: first && typeOfValue(first) };
    }
  }
}
