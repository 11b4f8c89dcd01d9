import { exactDiv, type Shape, shapeOf, type Value } from '@refold/ir';
import type { Builder, Emission, Query } from '@refold/matcher';
import { producerOf } from '../support/view.ts';
import { built, type Half, halfOf, halfOps } from './rotary-table.ts';
import { isSame } from './sizes.ts';

/** Operators that {@link rotary} makes. */
export const rotaryOps: readonly Emission[] = [
  { op: 'RotaryEmbedding', since: 23 },
  ...[...halfOps, 'Concat', 'Expand', 'Shape', 'Reshape'].map((op) => ({ op, since: 15 })),
];

/** What a table holds for each element of `x`: a number (both halves alike), or one for each pair of elements. */
export type TableForm = 'elements' | 'pairs';

/** A table [B, 1, L, _], or [1, 1, L, _] for all samples. */
interface Table {
  readonly half: Half;
  /** The axis of heads that it still has; undefined where it is [B, L, _]. */
  readonly axis: number | undefined;
}

/** Tables of cosines and sines, and which axis of `x` are its heads. */
export interface Tables {
  readonly axis: 1 | 2;
  readonly cos: Table;
  readonly sin: Table;
}

/** Undefined where the tables do not fit `x`, or their halves are not provably alike. */
export function tablesOf(
  m: { readonly x: Value; readonly cos: Value; readonly sin: Value },
  form: TableForm,
  q: Query,
): Tables | undefined {
  const shape = q.shape(m.x);
  if (shape?.length !== 4) return undefined;
  for (const axis of [1, 2] as const) {
    const [cos, sin] = [tableOf(m.cos, shape, axis, form), tableOf(m.sin, shape, axis, form)];
    if (cos && sin) return { axis, cos, sin };
  }
  return undefined;
}

function tableOf(table: Value, x: Shape, axis: 1 | 2, form: TableForm): Table | undefined {
  const shape = shapeOf(table);
  const length = axis === 1 ? 2 : 1;
  const width = form === 'elements' ? x[3] : exactDiv(x[3] ?? 0, 2);
  if (shape?.length !== 4 || shape[axis] !== 1 || !isSame(shape[length], x[length])) return undefined;
  if (!isSame(shape[3], width) || !(shape[0] === 1 || isSame(shape[0], x[0]))) return undefined;
  const inner = producerOf(table, 'Unsqueeze', 'Reshape')?.inputs[0];
  const before = shapeOf(inner);
  const isInner =
    before?.length === 3 && [shape[0], shape[length], shape[3]].every((d, i) => isSame(d, before[i]));
  const [value, left] = inner && isInner ? [inner, undefined] : [table, axis];
  const half = form === 'elements' ? halfOf(value) : ({ kind: 'value', value } as const);
  return half && { half, axis: left };
}

/** The cache [B, L, D / 2] of a table, for all samples of `x`. */
function cacheOf(table: Table, x: Value, b: Builder): Value {
  const half = built(table.half, b);
  const cache = table.axis === undefined ? half : b.node('Squeeze', [half, b.ints([table.axis])]);
  const [samples, wanted] = [shapeOf(cache)?.[0], shapeOf(x)?.[0]];
  if (isSame(samples, wanted)) return cache;
  if (typeof wanted === 'number') return b.node('Expand', [cache, b.ints([wanted, 1, 1])]);
  const size = b.node('Shape', [x], { start: 0, end: 1 });
  return b.node('Expand', [cache, b.node('Concat', [size, b.ints([1, 1])], { axis: 0 })]);
}

/** RotaryEmbedding of heads that come first, or of heads side by side. */
export function rotary(x: Value, tables: Tables, interleaved: boolean, b: Builder): Value {
  const caches = [cacheOf(tables.cos, x, b), cacheOf(tables.sin, x, b)];
  const params = interleaved ? { interleaved: 1 } : {};
  if (tables.axis === 1) return b.node('RotaryEmbedding', [x, ...caches], params);
  const [heads, size] = [shapeOf(x)?.[2], shapeOf(x)?.[3]];
  if (typeof heads !== 'number' || typeof size !== 'number') return b.fail('heads-unknown', 'x');
  const flat = b.node('Reshape', [x, b.ints([0, 0, heads * size])]);
  const turned = b.node('RotaryEmbedding', [flat, ...caches], { ...params, num_heads: heads });
  return b.node('Reshape', [turned, b.ints([0, 0, heads, size])]);
}
