import { type Dim, type Shape, sameDim, shapeOf, type Value } from '@refold/ir';
import { type Builder, no, type Query, type Verdict, yes } from '@refold/matcher';
import { producerOf } from '../support/view.ts';
import type { KeyLayout } from './scores.ts';

/** Whether two sizes are provably equal. */
export function isSame(a: Dim | undefined, b: Dim | undefined): boolean {
  return a !== undefined && b !== undefined && sameDim(a, b) === 'yes';
}

/** Whether a mask has a row for each query and a column for each key: one for all is none of its own. */
export function isWhole(m: Record<'q' | 'k' | 'mask', Value>, q: Query): boolean {
  const [mask, queries, keys] = [q.shape(m.mask), q.shape(m.q), q.shape(m.k)];
  const length = (shape: Shape | undefined): Dim | undefined => shape?.[shape.length === 3 ? 1 : 2];
  return isSame(mask?.at(-2), length(queries)) && isSame(mask?.at(-1), length(keys));
}

/** Batch, heads, length and size of keys, whatever their layout. */
export function keySizes(shape: Shape | undefined, layout: KeyLayout): Shape | undefined {
  const order = layouts[layout];
  if (!shape || shape.length !== (layout === 'piece' ? 5 : 4)) return undefined;
  return order.map((axis) => shape[axis] ?? 0);
}

const layouts: Readonly<Record<KeyLayout, readonly number[]>> = {
  heads: [0, 1, 2, 3],
  batched: [0, 1, 2, 3],
  lengths: [0, 2, 1, 3],
  turned: [0, 1, 3, 2],
  piece: [1, 2, 3, 4],
};

/**
 * Whether keys that seem to come turned may be heads that are turned and reshaped: what is not seen while sizes are
 * unknown.
 */
export function mayBeTurned(k: Value): boolean {
  const chain = ['Reshape', 'Mul', 'Div'];
  let at: Value | undefined = k;
  for (let depth = 0; depth < 4; depth += 1) {
    const node = producerOf(at, ...chain);
    if (!node) break;
    at = node.inputs.find((x) => x !== undefined && !x.tensor);
  }
  return at !== k && producerOf(at, 'Transpose') !== undefined;
}

/** Keys as [B, H, S, D]. */
export function keysByHead(k: Value, layout: KeyLayout, b: Builder): Value {
  if (layout === 'piece') return b.node('Squeeze', [k, b.ints([0])]);
  if (layout === 'heads' || layout === 'batched') return k;
  return b.node('Transpose', [k], { perm: layouts[layout] });
}

/** Attention does not broadcast: batches and heads must be equal, and sizes must agree. */
export function sizesAgree(q: Shape, k: Shape, v: Shape): boolean {
  const agree = (a: Shape, b: Shape, ...axes: readonly number[]): boolean =>
    axes.every((i) => isSame(a.at(i), b.at(i)));
  // From the end: batches and heads, or a batch that holds the heads, then length and size.
  const outer = q.map((_, i) => i - q.length).filter((i) => i < -2);
  return agree(q, k, ...outer, -1) && agree(k, v, ...outer, -2);
}

/** Whether what is added to scores, or hides them, leaves their shape as it is. */
export function maskFits(mask: Value, scores: Shape, q: Query): Verdict {
  const shape = q.shape(mask);
  if (!shape) return no('shape-unknown', mask.name);
  if (shape.length > scores.length) return no('mask-rank', mask.name);
  const shift = scores.length - shape.length;
  const fits = shape.every((d, i) => d === 1 || isSame(d, scores[i + shift]));
  return fits ? yes : no('mask-widens', mask.name);
}

/**
 * A mask with all queries [L] and keys [S], as runtimes ask for them, where it has one of them for all. `q` and `k`
 * are [B, H, L, D] and [B, H, S, D].
 */
export function wholeMask(mask: Value, q: Value, k: Value, b: Builder): Value {
  const shape = shapeOf(mask) ?? [];
  const [queries, keys] = [shapeOf(q)?.[2], shapeOf(k)?.[2]];
  if (isSame(shape.at(-2), queries) && isSame(shape.at(-1), keys)) return mask;
  if (typeof queries === 'number' && typeof keys === 'number') {
    return b.node('Expand', [mask, b.ints([queries, keys])]);
  }
  const size = (of: Value): Value => b.node('Shape', [of], { start: 2, end: 3 });
  return b.node('Expand', [mask, b.node('Concat', [size(q), size(k)], { axis: 0 })]);
}
