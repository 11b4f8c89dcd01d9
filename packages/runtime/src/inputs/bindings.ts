import type { Dim, Model, Shape, Value, ValueType } from '@refold/ir';
import { sizeName } from '../session/size-name.ts';
import type { NdValue } from '../tensor/nd-array.ts';

/** Sizes for the dimensions of inputs that the model leaves open, by the name of the dimension (see {@link dimLabel}). */
export type Binding = ReadonlyMap<string, number>;

/** What a caller knows of sizes. It comes before every guess. */
export interface SizeOptions {
  /** Shapes of inputs by name. */
  readonly shapes?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Sizes of symbolic dimensions by name. */
  readonly dims?: Readonly<Record<string, number>> | undefined;
  /** Values of inputs, which have the sizes that they have. */
  readonly fixed?: ReadonlyMap<string, NdValue> | undefined;
}

/** An open dimension: where it was met first. */
interface OpenDim {
  readonly label: string;
  readonly axis: number;
  readonly rank: number;
}

/** Inputs that a caller must feed. */
export function requiredInputs(model: Model): readonly Value[] {
  return model.graph.inputs.filter((value) => !value.tensor && !value.sparse);
}

/** The name under which the size of an open dimension is kept: its own, or one made of input and axis. */
export function dimLabel(dim: Dim, input: Value, axis: number): string {
  return sizeName(dim) ?? `${input.name}[${axis}]`;
}

/** The type of an input: as inferred or else as the file states it. */
export function inputType(input: Value): ValueType | undefined {
  return input.type ?? input.declared;
}

/** The shape that a type states, of its items if it is a sequence or optional. */
export function shapeOfType(type: ValueType | undefined): Shape | undefined {
  let inner = type;
  while (inner?.kind === 'sequence' || inner?.kind === 'optional') inner = inner.of;
  return inner?.kind === 'tensor' ? inner.shape : undefined;
}

/** Sizes for images, for other axes, and for the batch, in the order in which they are tried. */
const guesses: readonly (readonly [number, number, number])[] = [
  [64, 8, 2],
  [64, 8, 1],
  [32, 4, 2],
  [224, 16, 1],
  [64, 3, 1],
  [320, 1, 1],
  [48, 64, 1],
  [2, 2, 2],
  [1, 1, 1],
  [5, 5, 5],
];

/**
 * Sizes worth trying for the open dimensions of a model, the likeliest first. There is always at least one;
 * without open dimensions it is empty. Sizes that `options` give are the same in all of them.
 */
export function bindingsFor(model: Model, options: SizeOptions = {}): readonly Binding[] {
  const open = openDims(model);
  const given = givenSizes(model, options);
  const tried = new Set<string>();
  const bindings: Binding[] = [];
  for (const [image, other, batch] of guesses) {
    const binding = new Map<string, number>();
    for (const dim of open) binding.set(dim.label, given.get(dim.label) ?? guess(dim, image, other, batch));
    const key = keyOf(binding);
    if (!tried.has(key)) bindings.push(binding);
    tried.add(key);
  }
  return bindings;
}

/** Other sizes for the same dimensions: everything doubled, the batch longer, or one other dimension changed. */
export function otherBindings(model: Model, binding: Binding, options: SizeOptions = {}): readonly Binding[] {
  const given = givenSizes(model, options);
  const free = openDims(model).filter((dim) => !given.has(dim.label));
  if (free.length === 0) return [];
  const changed = (dims: readonly OpenDim[], change: (size: number) => number): Binding => {
    const copy = new Map(binding);
    for (const { label } of dims) copy.set(label, change(binding.get(label) ?? 1));
    return copy;
  };
  const batch = free.filter(isBatch);
  const rest = free.filter((dim) => !isBatch(dim));
  const out = [changed(free, (size) => (size <= 64 ? size * 2 : size))];
  if (batch.length > 0) out.push(changed(batch, (size) => size + 1));
  for (const dim of rest)
    out.push(
      changed([dim], (size) => size * 2),
      changed([dim], (size) => size + 3),
    );
  return out;
}

/**
 * Sizes at which careless code breaks: 1 for all open dimensions together and for each, then 0 likewise.
 * Sizes that `options` give stay.
 */
export function edgeBindings(model: Model, binding: Binding, options: SizeOptions = {}): readonly Binding[] {
  const given = givenSizes(model, options);
  const free = openDims(model).filter((dim) => !given.has(dim.label));
  const out: Binding[] = [];
  const tried = new Set([keyOf(binding)]);
  for (const size of [1, 0]) {
    for (const dims of [free, ...free.map((dim) => [dim])]) {
      const copy = new Map(binding);
      for (const { label } of dims) copy.set(label, size);
      if (!tried.has(keyOf(copy))) out.push(copy);
      tried.add(keyOf(copy));
    }
  }
  return out;
}

function keyOf(binding: Binding): string {
  return [...binding.values()].join(' ');
}

function openDims(model: Model): readonly OpenDim[] {
  const found = new Map<string, OpenDim>();
  for (const input of requiredInputs(model)) {
    const shape = shapeOfType(inputType(input)) ?? [];
    shape.forEach((dim, axis) => {
      if (typeof dim === 'number') return;
      const label = dimLabel(dim, input, axis);
      if (!found.has(label)) found.set(label, { label, axis, rank: shape.length });
    });
  }
  return [...found.values()];
}

/** Sizes by label, from the caller's sizes and shapes. */
function givenSizes(model: Model, options: SizeOptions): ReadonlyMap<string, number> {
  const sizes = new Map(Object.entries(options.dims ?? {}));
  const shapes = new Map(Object.entries(options.shapes ?? {}));
  for (const input of requiredInputs(model)) {
    const fixed = options.fixed?.get(input.name);
    const shape = fixed?.kind === 'tensor' ? fixed.dims : shapes.get(input.name);
    const stated = shapeOfType(inputType(input));
    if (!shape || stated?.length !== shape.length) continue;
    stated.forEach((dim, axis) => {
      const label = dimLabel(dim, input, axis);
      if (typeof dim !== 'number' && !sizes.has(label)) sizes.set(label, shape[axis] ?? 1);
    });
  }
  return sizes;
}

function isBatch(dim: OpenDim): boolean {
  return dim.axis === 0 || /batch/i.test(dim.label) || /^[nb]$/i.test(dim.label);
}

function guess(dim: OpenDim, image: number, other: number, batch: number): number {
  if (isBatch(dim)) return batch;
  if (dim.rank !== 4) return other;
  return dim.axis === 1 ? 3 : image;
}
