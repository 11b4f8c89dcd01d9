import { copyWords, type Words, type WordView } from './words.ts';

/** One side of a copy: where the first element is and how far apart neighbours are, in elements. */
export interface Side {
  readonly view: WordView;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** One axis of a copy: its size, and the distance between neighbours on either side, in words. */
interface Axis {
  readonly size: number;
  readonly to: number;
  readonly from: number;
}

/**
 * Copies a block of elements of shape `dims` between two layouts. Source strides may be negative (backwards)
 * or 0 (repetition); target strides must not make elements overlap. Axes that both sides cross with one
 * stride become one, runs are moved whole, and transpositions go tile by tile.
 */
export function stridedCopy(dims: readonly number[], to: Side, from: Side): void {
  const { width } = to.view;
  if (dims.includes(0)) return;
  const axes = collapse(dims, to.strides, from.strides, width);
  const [inner = { size: 1, to: width, from: width }, ...outer] = axes;
  const target = to.view.words;
  const source = from.view.words;
  const t = to.offset * width;
  const f = from.offset * width;
  if (inner.to === width && inner.from === width) {
    const run = inner.size * width;
    const [next = ONE, ...rest] = outer;
    forEachPlace(rest, t, f, (at, start) => copyRows(target, at, next, source, start, run));
    return;
  }
  // The axis along which the source lies densely is walked next to the innermost one, so that both stay in cache.
  const dense = outer.findIndex((axis) => Math.abs(axis.from) === width);
  const second = outer[Math.max(dense, 0)] ?? ONE;
  const rest = outer.filter((axis) => axis !== second);
  forEachPlace(rest, t, f, (at, start) => copyTiles(target, at, source, start, inner, second, width));
}

const ONE: Axis = { size: 1, to: 0, from: 0 };

/** Axes from the innermost to the outermost of the target, without those of size 1, joined where that is possible. */
function collapse(
  dims: readonly number[],
  to: readonly number[],
  from: readonly number[],
  width: number,
): readonly Axis[] {
  const axes: Axis[] = [];
  dims.forEach((size, i) => {
    if (size !== 1) axes.push({ size, to: (to[i] ?? 0) * width, from: (from[i] ?? 0) * width });
  });
  axes.sort((a, b) => a.to - b.to);
  const joined: Axis[] = [];
  for (const axis of axes) {
    const last = joined[joined.length - 1];
    if (last && axis.to === last.to * last.size && axis.from === last.from * last.size) {
      joined[joined.length - 1] = { ...last, size: last.size * axis.size };
    } else {
      joined.push(axis);
    }
  }
  return joined;
}

/** Calls `visit` for each combination of the outer axes. */
function forEachPlace(
  axes: readonly Axis[],
  to: number,
  from: number,
  visit: (to: number, from: number) => void,
): void {
  const index = axes.map(() => 0);
  let at = to;
  let start = from;
  for (;;) {
    visit(at, start);
    let k = 0;
    for (; k < axes.length; k += 1) {
      const axis = axes[k] ?? ONE;
      const next = (index[k] ?? 0) + 1;
      if (next < axis.size) {
        index[k] = next;
        at += axis.to;
        start += axis.from;
        break;
      }
      index[k] = 0;
      at -= axis.to * (axis.size - 1);
      start -= axis.from * (axis.size - 1);
    }
    if (k === axes.length) return;
  }
}

function copyRows(target: Words, at: number, rows: Axis, source: Words, start: number, run: number): void {
  for (let i = 0, t = at, f = start; i < rows.size; i += 1, t += rows.to, f += rows.from) {
    copyWords(target, t, source, f, run);
  }
}

/** Edge of a tile: two of them in the widest element fit the first-level cache. */
const TILE = 32;

function copyTiles(
  target: Words,
  at: number,
  source: Words,
  start: number,
  inner: Axis,
  second: Axis,
  width: number,
): void {
  for (let i0 = 0; i0 < second.size; i0 += TILE) {
    const i1 = Math.min(i0 + TILE, second.size);
    for (let j0 = 0; j0 < inner.size; j0 += TILE) {
      const count = Math.min(TILE, inner.size - j0);
      for (let i = i0; i < i1; i += 1) {
        const t = at + i * second.to + j0 * inner.to;
        const f = start + i * second.from + j0 * inner.from;
        if (width === 1) copyElements(target, t, inner.to, source, f, inner.from, count);
        else if (width === 2) copyPairs(target, t, inner.to, source, f, inner.from, count);
        else copyWide(target, t, inner.to, source, f, inner.from, count, width);
      }
    }
  }
}

function copyElements(
  target: Words,
  at: number,
  toStep: number,
  source: Words,
  start: number,
  fromStep: number,
  count: number,
): void {
  for (let j = 0, t = at, f = start; j < count; j += 1, t += toStep, f += fromStep) {
    target[t] = source[f] as number & string;
  }
}

function copyPairs(
  target: Words,
  at: number,
  toStep: number,
  source: Words,
  start: number,
  fromStep: number,
  count: number,
): void {
  for (let j = 0, t = at, f = start; j < count; j += 1, t += toStep, f += fromStep) {
    target[t] = source[f] as number & string;
    target[t + 1] = source[f + 1] as number & string;
  }
}

function copyWide(
  target: Words,
  at: number,
  toStep: number,
  source: Words,
  start: number,
  fromStep: number,
  count: number,
  width: number,
): void {
  for (let j = 0, t = at, f = start; j < count; j += 1, t += toStep, f += fromStep) {
    for (let word = 0; word < width; word += 1) target[t + word] = source[f + word] as number & string;
  }
}
