import { type Dim, freshDim, printDim, type SymDim } from './dim.ts';
import { mulDims } from './dim-arithmetic.ts';
import { type Known, sameDim } from './dim-bounds.ts';

/** Sizes of all dimensions, outermost first. */
export type Shape = readonly Dim[];

/** Text for people, such as `[N, 3, 224]`; `[...]` when the rank is unknown. */
export function printShape(shape: Shape | undefined): string {
  return shape === undefined ? '[...]' : `[${shape.map(printDim).join(', ')}]`;
}

/** Whether two shapes are equal; `unknown` when a rank or a dimension is not known. */
export function sameShape(a: Shape | undefined, b: Shape | undefined): Known {
  if (a === undefined || b === undefined) return 'unknown';
  if (a.length !== b.length) return 'no';
  let answer: Known = 'yes';
  for (let i = 0; i < a.length; i += 1) {
    const known = sameDim(a[i] ?? 0, b[i] ?? 0);
    if (known === 'no') return 'no';
    if (known === 'unknown') answer = 'unknown';
  }
  return answer;
}

/** Number of elements of a shape. */
export function shapeSize(shape: Shape): Dim {
  let size: Dim = 1;
  for (const d of shape) size = mulDims(size, d);
  return size;
}

/** The numbers of a shape without symbols. */
export function staticShape(shape: Shape | undefined): readonly number[] | undefined {
  if (shape === undefined) return undefined;
  for (const d of shape) if (typeof d !== 'number') return undefined;
  return shape as readonly number[];
}

/**
 * Shape of an elementwise result by ONNX's multidirectional broadcasting (numpy's rules).
 * A dimension that cannot be decided becomes a fresh symbol; undefined when the shapes cannot broadcast.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const out: Dim[] = new Array<Dim>(rank);
  for (let i = 0; i < rank; i += 1) {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    const dim = broadcastDim(x, y);
    if (dim === undefined) return undefined;
    out[i] = dim;
  }
  return out;
}

function broadcastDim(x: Dim, y: Dim): Dim | undefined {
  if (x === 1) return y;
  if (y === 1) return x;
  const same = sameDim(x, y);
  if (same === 'yes') return x;
  if (typeof x === 'number' && typeof y === 'number') return undefined;
  // One of them is symbolic: a number other than 1 forces the result, since the symbol is then 1 or equal.
  if (typeof x === 'number') return x;
  if (typeof y === 'number') return y;
  if (isCut(y, x)) return x;
  return isCut(x, y) ? y : freshDim();
}

/**
 * Whether a dimension is `min(of, n)` for a number n of 2 or more, as a table of n rows is cut. The two broadcast
 * only where they are equal: while `min(of, n)` is 1, so is `of`.
 */
function isCut(dim: SymDim, of: SymDim): boolean {
  const [term, ...others] = dim.terms;
  const [atom, ...factors] = term?.atoms ?? [];
  if (dim.constant !== 0 || others.length > 0 || factors.length > 0 || term?.coefficient !== 1) return false;
  if (atom?.kind !== 'min') return false;
  const [size, limit] = typeof atom.a === 'number' ? [atom.b, atom.a] : [atom.a, atom.b];
  return typeof limit === 'number' && limit >= 2 && sameDim(size, of) === 'yes';
}

/** Whether a value of shape `from` broadcasts against one of shape `to` without changing the shape of the latter. */
export function broadcastsInto(from: Shape | undefined, to: Shape | undefined): Known {
  if (from === undefined || to === undefined) return 'unknown';
  if (from.length > to.length) return 'no';
  let answer: Known = 'yes';
  for (let i = 0; i < from.length; i += 1) {
    const f = from[i] ?? 1;
    const t = to[i - from.length + to.length] ?? 1;
    if (f === 1) continue;
    const same = sameDim(f, t);
    if (same === 'no') return 'no';
    if (same === 'unknown') answer = 'unknown';
  }
  return answer;
}
