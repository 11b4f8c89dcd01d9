import { type Dim, printDim, printShape, RefoldError, type Shape, type ValueType } from '@refold/ir';
import type { NdValue } from '../tensor/nd-array.ts';
import type { SessionInput } from './session.ts';
import { sizeName } from './size-name.ts';

/** Values for the inputs of a model, by name. */
export type Feeds = ReadonlyMap<string, NdValue> | Readonly<Record<string, NdValue>>;

/**
 * The feeds of one run: every required input is there, nothing else is, and element types, ranks and sizes
 * are what the inputs state; a symbolic size is the same wherever its name occurs.
 * @throws RefoldError `usage/unknown-name` and `usage/option`
 */
export function checkFeeds(
  feeds: Feeds,
  inputs: readonly SessionInput[],
  checkShapes: boolean,
): ReadonlyMap<string, NdValue> {
  const given =
    feeds instanceof Map ? (feeds as ReadonlyMap<string, NdValue>) : new Map(Object.entries(feeds));
  const known = new Map(inputs.map((input) => [input.name, input]));
  for (const name of given.keys()) {
    if (!known.has(name))
      throw new RefoldError('usage/unknown-name', `the model has no input "${name}"`, { value: name });
  }
  const sizes = checkShapes ? new Map<string, number>() : undefined;
  for (const input of inputs) {
    const value = given.get(input.name);
    if (value === undefined) {
      if (input.required) throw misfit(input.name, 'is not fed');
      continue;
    }
    const reason = input.type && mismatch(value, input.type, sizes);
    if (reason !== undefined) throw misfit(input.name, reason);
  }
  return given;
}

function misfit(name: string, reason: string): RefoldError {
  return new RefoldError('usage/option', `input "${name}" ${reason}`, { value: name });
}

/** Why a value is not of a type. `sizes` collects those of symbolic dimensions; sizes are not looked at without. */
function mismatch(
  value: NdValue,
  type: ValueType,
  sizes: Map<string, number> | undefined,
): string | undefined {
  switch (type.kind) {
    case 'tensor':
    case 'sparse':
      if (value.kind !== 'tensor') return `is a ${value.kind} and must be a tensor`;
      if (value.dtype !== type.dtype) return `is ${value.dtype} and must be ${type.dtype}`;
      return type.shape && shapeMismatch(value.dims, type.shape, sizes);
    case 'sequence':
      if (value.kind !== 'sequence') return `is a ${value.kind} and must be a sequence`;
      return type.of && firstMismatch(value.items, type.of);
    case 'optional':
      if (value.kind !== 'optional') return `is a ${value.kind} and must be an optional`;
      return value.item && type.of && mismatch(value.item, type.of, sizes);
    case 'map':
      if (value.kind !== 'map' || value.keyType !== type.key) return `must be a map from ${type.key}`;
      return type.value && firstMismatch(value.entries.values(), type.value);
    case 'opaque':
      return 'is of an opaque type, which cannot be fed';
  }
}

/** Items of a sequence or map need not have sizes in common. */
function firstMismatch(values: Iterable<NdValue>, type: ValueType): string | undefined {
  for (const value of values) {
    const reason = mismatch(value, type, undefined);
    if (reason !== undefined) return `has an item that ${reason}`;
  }
  return undefined;
}

function shapeMismatch(
  dims: readonly number[],
  shape: Shape,
  sizes: Map<string, number> | undefined,
): string | undefined {
  const text = `has shape [${dims.join(', ')}]`;
  if (dims.length !== shape.length) return `${text} and must have rank ${shape.length}`;
  if (!sizes) return undefined;
  for (const [axis, dim] of shape.entries()) {
    const size = dims[axis] ?? 0;
    const wanted = sizeOf(dim, sizes, size);
    if (wanted === size) continue;
    const why = typeof dim === 'number' ? '' : `, where ${printDim(dim)} is ${wanted}`;
    return `${text} and must have shape ${printShape(shape)}${why}`;
  }
  return undefined;
}

/** The size that a dimension must have: `size` itself where nothing says otherwise. */
function sizeOf(dim: Dim, sizes: Map<string, number>, size: number): number {
  if (typeof dim === 'number') return dim;
  const name = sizeName(dim);
  if (name === undefined) return size;
  const bound = sizes.get(name);
  if (bound === undefined) sizes.set(name, size);
  return bound ?? size;
}
