import { type Dim, freshDim } from '../../types/dim.ts';
import { addDims, ceilDivDims, subDims } from '../../types/dim-arithmetic.ts';
import { dimRange, maxDims, minDims, sameDim } from '../../types/dim-bounds.ts';

/** The first index of a slice and how many elements it takes, after clamping as the Slice operator says. */
export function sliceBounds(
  size: number,
  start: number,
  end: number,
  step: number,
): { readonly first: number; readonly count: number } {
  const from = start < 0 ? start + size : start;
  const to = end < 0 ? end + size : end;
  const first = step > 0 ? clamp(from, 0, size) : clamp(from, 0, size - 1);
  const last = step > 0 ? clamp(to, 0, size) : clamp(to, -1, size - 1);
  // An empty axis clamps a backward start to -1, where nothing is left to take.
  return { first: Math.max(first, 0), count: Math.max(0, Math.ceil((last - first) / step)) };
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

/** From here on a bound means "to the end" (forwards) or "to the front" (backwards), whatever the size. */
const FAR = 2 ** 31 - 1;

/** Size of a slice of an axis of a given size; a fresh dimension where it cannot be told. */
export function slicedSize(
  size: Dim,
  start: Dim | undefined,
  end: Dim | undefined,
  step: number | undefined,
): Dim {
  if (start === undefined || end === undefined || step === undefined) return freshDim();
  if (typeof size === 'number' && typeof start === 'number' && typeof end === 'number') {
    return sliceBounds(size, start, end, step).count;
  }
  if (step < 0) return backwardSize(size, start, end, -step) ?? freshDim();
  const count = forwardSize(size, start, end);
  return count === undefined ? freshDim() : ceilDivDims(count, step);
}

/** Number of elements between two bounds, for steps of 1. */
function forwardSize(size: Dim, start: Dim, end: Dim): Dim | undefined {
  const from = fromEnd(start);
  const to = fromEnd(end);
  if (from === undefined || to === undefined) return undefined;
  if (typeof end === 'number' && end <= -FAR) return 0;
  const farEnd = typeof end === 'number' && end >= FAR;
  const rawEnd = farEnd ? size : to ? addDims(size, end) : end;
  const last = to ? atLeastZero(rawEnd) : farEnd || sameDim(end, size) === 'yes' ? size : minDims(end, size);
  // A start beyond the size needs no clamping: the difference is negative then, and counts as nothing.
  if (!from) return start === 0 ? last : atLeastZero(subDims(last, start));
  if (typeof start === 'number' && start <= -FAR) return last;
  // A start at `size + start` is clamped at 0, from where all of `last` is taken.
  const rawStart = addDims(size, start);
  return atLeastZero(minDims(subDims(to || farEnd ? rawEnd : last, rawStart), last));
}

/** Whole axes backwards: from the last element to the front. */
function backwardSize(size: Dim, start: Dim, end: Dim, stride: number): Dim | undefined {
  const fromLast =
    (typeof start === 'number' && (start === -1 || start >= FAR)) ||
    sameDim(start, subDims(size, 1)) === 'yes';
  const toFront = typeof end === 'number' && end <= -FAR;
  return fromLast && toFront ? ceilDivDims(size, stride) : undefined;
}

/** Whether a bound counts from the end; undefined when its sign is not known. */
function fromEnd(bound: Dim): boolean | undefined {
  const { lo, hi } = dimRange(bound);
  if (lo >= 0) return false;
  return hi < 0 ? true : undefined;
}

function atLeastZero(dim: Dim): Dim {
  return maxDims(dim, 0);
}
