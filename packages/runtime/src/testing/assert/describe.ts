import { isFloat } from '@refold/ir';
import type { Feeds } from '../../session/feeds.ts';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';

/** Inputs by name, a line each. */
export function feedsText(feeds: Feeds): string {
  const entries = feeds instanceof Map ? [...(feeds as ReadonlyMap<string, NdValue>)] : Object.entries(feeds);
  return entries.map(([name, value]) => `${name} = ${describeValue(value)}`).join('\n');
}

/** Elements that are written out; of larger tensors the first ones. */
const MAX_SHOWN = 48;

/** A value for people: type, shape and elements. */
export function describeValue(value: NdValue): string {
  switch (value.kind) {
    case 'tensor':
      return `${value.dtype}[${value.dims.join(', ')}] {${elementsOf(value)}}`;
    case 'sequence':
      return `sequence [${value.items.map(describeValue).join('; ')}]`;
    case 'optional':
      return value.item ? `optional ${describeValue(value.item)}` : 'empty optional';
    case 'map':
      return `map {${[...value.entries].map(([k, v]) => `${String(k)}: ${describeValue(v)}`).join('; ')}}`;
  }
}

function elementsOf(array: NdArray): string {
  const values = isFloat(array.dtype) ? reals(array) : array.data;
  const shown: string[] = [];
  for (let i = 0; i < Math.min(values.length, MAX_SHOWN); i += 1) shown.push(textOf(values[i] ?? 0));
  if (values.length > MAX_SHOWN) shown.push(`... ${values.length - MAX_SHOWN} more`);
  return shown.join(', ');
}

function textOf(element: number | bigint | string): string {
  if (typeof element === 'string') return JSON.stringify(element);
  return Object.is(element, -0) ? '-0' : String(element);
}
