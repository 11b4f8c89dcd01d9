import { broadcastShapes, elementCount } from '@refold/ir';

/** Distance in elements between neighbours along each axis, row-major. */
export function strides(dims: readonly number[]): number[] {
  const out = new Array<number>(dims.length);
  let step = 1;
  for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
    out[axis] = step;
    step *= dims[axis] ?? 1;
  }
  return out;
}

function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

/** Dims of an elementwise result by multidirectional broadcasting; undefined when they do not fit. */
export function broadcastDims(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  if (sameDims(a, b)) return a;
  return broadcastShapes(a, b) as readonly number[] | undefined;
}

/**
 * How several operands are walked together over the dims of a result: neighbouring axes that every operand
 * crosses with one stride are one axis, so that the innermost loop is as long as it can be.
 */
export interface BroadcastLoop {
  /** Sizes of the outer axes, outermost first. */
  readonly outer: readonly number[];
  /** For each operand its strides along `outer`; 0 where it is repeated. */
  readonly outerStrides: readonly (readonly number[])[];
  /** Length of the innermost loop. */
  readonly length: number;
  /** Stride of each operand in the innermost loop; 0 where it is repeated. */
  readonly steps: readonly number[];
}

/** Plans the walk of operands that broadcast to `dims`. */
export function broadcastLoop(
  dims: readonly number[],
  ...operands: readonly (readonly number[])[]
): BroadcastLoop {
  if (operands.every((operand) => sameDims(operand, dims)))
    return oneRow(elementCount(dims), operands.length);
  const full = operands.map((operand) => broadcastStrides(operand, dims));
  const sizes: number[] = [];
  const merged: number[][] = operands.map(() => []);
  for (let axis = 0; axis < dims.length; axis += 1) {
    const size = dims[axis] ?? 1;
    if (size === 1) continue;
    const last = sizes.length - 1;
    const joins = last >= 0 && full.every((s, k) => merged[k]?.[last] === (s[axis] ?? 0) * size);
    if (joins) sizes[last] = (sizes[last] ?? 1) * size;
    else sizes.push(size);
    full.forEach((s, k) => {
      const list = merged[k] ?? [];
      list[joins ? last : last + 1] = s[axis] ?? 0;
    });
  }
  return {
    outer: sizes.slice(0, -1),
    outerStrides: merged.map((s) => s.slice(0, -1)),
    length: sizes.at(-1) ?? 1,
    steps: merged.map((s) => s.at(-1) ?? 0),
  };
}

/** The loop of operands that need no broadcasting. */
function oneRow(length: number, operands: number): BroadcastLoop {
  return {
    outer: [],
    outerStrides: new Array<readonly number[]>(operands).fill([]),
    length,
    steps: new Array<number>(operands).fill(1),
  };
}

/** Strides of an operand along the axes of `dims`: 0 on axes that it lacks or has with size 1. */
export function broadcastStrides(operand: readonly number[], dims: readonly number[]): readonly number[] {
  const own = strides(operand);
  const shift = dims.length - operand.length;
  return dims.map((_, axis) => (axis < shift || operand[axis - shift] === 1 ? 0 : (own[axis - shift] ?? 0)));
}

/**
 * Calls `row` for each innermost loop with the offset into the result and the offsets into the operands.
 * The list of offsets is one array that changes from call to call.
 */
export function forEachRow(loop: BroadcastLoop, row: (at: number, offsets: readonly number[]) => void): void {
  const { outer, outerStrides, length } = loop;
  const offsets = outerStrides.map(() => 0);
  const index = outer.map(() => 0);
  let rows = 1;
  for (const size of outer) rows *= size;
  if (length === 0) return;
  for (let r = 0; r < rows; r += 1) {
    row(r * length, offsets);
    for (let axis = outer.length - 1; axis >= 0; axis -= 1) {
      const size = outer[axis] ?? 1;
      const next = (index[axis] ?? 0) + 1;
      const wraps = next === size;
      index[axis] = wraps ? 0 : next;
      for (let k = 0; k < offsets.length; k += 1) {
        const stride = outerStrides[k]?.[axis] ?? 0;
        offsets[k] = (offsets[k] ?? 0) + (wraps ? -stride * (size - 1) : stride);
      }
      if (!wraps) break;
    }
  }
}

/** The plan of a single operand, with the stepping of the innermost loop undone: offsets of every element. */
export function broadcastOffsets(operand: readonly number[], dims: readonly number[]): Int32Array {
  const loop = broadcastLoop(dims, operand);
  const step = loop.steps[0] ?? 0;
  let count = loop.length;
  for (const size of loop.outer) count *= size;
  const out = new Int32Array(count);
  forEachRow(loop, (at, [start = 0]) => {
    for (let i = 0, from = start; i < loop.length; i += 1, from += step) out[at + i] = from;
  });
  return out;
}
