import { type DType, isFloat } from '@refold/ir';
import { floatLimits } from '../inputs/float-limits.ts';
import type { NdArray, NdValue } from '../tensor/nd-array.ts';
import { reals } from '../tensor/reals.ts';
import { largestMagnitude } from './largest-magnitude.ts';
import { type Tolerance, toleranceOf } from './tolerance.ts';

/** How two values differ. */
export interface Difference {
  readonly kind: 'missing' | 'type' | 'shape' | 'value';
  /** One line for people. */
  readonly message: string;
  /** Of elements: how many differ too much, and the first and the worst of them. */
  readonly elements?: ElementDifferences | undefined;
}

/** The elements of two tensors that differ by too much. */
export interface ElementDifferences {
  readonly count: number;
  readonly first: ElementDifference;
  readonly worst: ElementDifference;
}

/** One element that differs too much. */
export interface ElementDifference {
  readonly index: readonly number[];
  readonly want: number | bigint | string;
  readonly got: number | bigint | string;
  /** How far apart they may lie; 0 where nothing but equality will do. */
  readonly bound: number;
  /** The distance, as a multiple of the bound; infinite where that is 0, or the distance is not a number. */
  readonly excess: number;
}

/**
 * How `got` differs from `want`; undefined when it does not. Types and shapes must be equal. NaN equals NaN,
 * an infinity equals itself, 0 equals -0; floats may differ by a tolerance (by default that of their type),
 * integers, booleans and strings not at all, unless the tolerance speaks of single elements. Sequences, optionals and maps are compared item by item.
 */
export function compareValues(want: NdValue, got: NdValue, tolerance?: Tolerance): Difference | undefined {
  if (want.kind === 'tensor' && got.kind === 'tensor') return compareTensors(want, got, tolerance);
  if (want.kind === 'sequence' && got.kind === 'sequence') {
    const [a, b] = [want.items, got.items];
    if (a.length !== b.length) return shapeDifference(`${a.length} items became ${b.length}`);
    return firstDifference(
      a.map((item, i) => [`item ${i}`, item, b[i]]),
      tolerance,
    );
  }
  if (want.kind === 'optional' && got.kind === 'optional') {
    if (!want.item && !got.item) return undefined;
    return firstDifference([['the value', want.item, got.item]], tolerance);
  }
  if (want.kind === 'map' && got.kind === 'map') {
    const [a, b] = [[...want.entries], got.entries];
    if (a.length !== b.size) return shapeDifference(`${a.length} entries became ${b.size}`);
    return firstDifference(
      a.map(([key, item]) => [`key ${String(key)}`, item, b.get(key)]),
      tolerance,
    );
  }
  return { kind: 'type', message: `a ${want.kind} became a ${got.kind}` };
}

function shapeDifference(message: string): Difference {
  return { kind: 'shape', message };
}

function firstDifference(
  pairs: readonly (readonly [string, NdValue | undefined, NdValue | undefined])[],
  tolerance: Tolerance | undefined,
): Difference | undefined {
  for (const [label, want, got] of pairs) {
    if (!want || !got)
      return { kind: 'missing', message: `${label} is ${want ? 'missing' : 'there in one only'}` };
    const difference = compareValues(want, got, tolerance);
    if (difference) return { ...difference, message: `${label}: ${difference.message}` };
  }
  return undefined;
}

function compareTensors(
  want: NdArray,
  got: NdArray,
  tolerance: Tolerance | undefined,
): Difference | undefined {
  if (want.dtype !== got.dtype) return { kind: 'type', message: `${want.dtype} became ${got.dtype}` };
  const [a, b] = [want.dims, got.dims];
  if (a.length !== b.length || a.some((d, i) => d !== b[i])) {
    return shapeDifference(`shape [${a.join(', ')}] became [${b.join(', ')}]`);
  }
  const elements = isApproximate(want.dtype)
    ? compareFloats(want, got, tolerance ?? toleranceOf(want.dtype))
    : compareExactly(want, got, tolerance?.elements);
  if (!elements) return undefined;
  const { first, count } = elements;
  const place = `[${first.index.join(', ')}]`;
  const message = `${count} of ${want.size} elements differ, the first at ${place}: ${first.want} became ${first.got}`;
  return { kind: 'value', message, elements };
}

function isApproximate(dtype: DType): boolean {
  return isFloat(dtype) || dtype === 'complex64' || dtype === 'complex128';
}

/** Collects the elements that differ. */
class Differences {
  private readonly dims: readonly number[];
  private readonly width: number;
  private count = 0;
  private first: ElementDifference | undefined;
  private worst: ElementDifference | undefined;

  constructor(want: NdArray) {
    this.dims = want.dims;
    this.width = want.size === 0 ? 1 : want.data.length / want.size;
  }

  add(
    at: number,
    want: number | bigint | string,
    got: number | bigint | string,
    bound: number,
    excess: number,
  ): void {
    this.count += 1;
    if (this.worst && excess <= this.worst.excess) return;
    this.worst = { index: indexOf(Math.floor(at / this.width), this.dims), want, got, bound, excess };
    this.first ??= this.worst;
  }

  get found(): ElementDifferences | undefined {
    const { count, first, worst } = this;
    return first && worst && { count, first, worst };
  }
}

function compareFloats(want: NdArray, got: NdArray, tolerance: Tolerance): ElementDifferences | undefined {
  const a = numbers(want);
  const b = numbers(got);
  const { share, relative, absolute = 0, elements } = tolerance;
  const everywhere = absolute + (share === 0 ? 0 : share * largestMagnitude(a));
  const found = new Differences(want);
  for (let i = 0; i < a.length; i += 1) {
    const x = a[i] as number;
    const y = b[i] as number;
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    const distance = Math.abs(x - y);
    // Zero times an infinity is not a number.
    const own = relative === 0 ? 0 : relative * Math.abs(x);
    const limit = everywhere + own + (elements ? (elements[i] ?? 0) : 0);
    // The distance is infinite or NaN when only one of the two is finite, or a number.
    if (distance <= limit && distance < Number.POSITIVE_INFINITY) continue;
    if (elements && (elements[i] === Number.POSITIVE_INFINITY || bothOverflow(want.dtype, x, y, limit)))
      continue;
    const excess = Number.isFinite(distance) ? distance / limit : Number.POSITIVE_INFINITY;
    found.add(i, x, y, Number.isFinite(limit) ? limit : 0, excess);
  }
  return found.found;
}

function isFiniteNumber(bound: number | undefined): boolean {
  return bound === undefined || Number.isFinite(bound);
}

/** Whether a number is so large that, for all that is known of it, it may be the infinity that the other one is. */
function bothOverflow(dtype: DType, x: number, y: number, limit: number): boolean {
  const [infinite, finite] = Number.isFinite(x) ? [y, x] : [x, y];
  if (Number.isNaN(infinite) || !Number.isFinite(finite) || infinite > 0 !== finite > 0) return false;
  return Math.abs(finite) + limit >= floatLimits(dtype).max;
}

function compareExactly(
  want: NdArray,
  got: NdArray,
  bounds: Float64Array | undefined,
): ElementDifferences | undefined {
  const a = want.data;
  const b = got.data;
  const found = new Differences(want);
  for (let i = 0; i < a.length; i += 1) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    if (x === y) continue;
    const bound = bounds?.[i] ?? 0;
    const distance = Math.abs(Number(x) - Number(y));
    if (distance <= bound || !isFiniteNumber(bound)) continue;
    found.add(i, x, y, bound, bound === 0 ? Number.POSITIVE_INFINITY : distance / bound);
  }
  return found.found;
}

/** Elements as numbers; two for each complex one. */
function numbers(array: NdArray): ArrayLike<number> {
  const { data, dtype } = array;
  const complex = dtype === 'complex64' || dtype === 'complex128';
  return complex && (data instanceof Float32Array || data instanceof Float64Array) ? data : reals(array);
}

/** The coordinates of an element by its place in row-major order. */
function indexOf(at: number, dims: readonly number[]): readonly number[] {
  const index: number[] = [];
  let rest = at;
  for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
    const size = dims[axis] ?? 1;
    index.push(rest % size);
    rest = Math.floor(rest / size);
  }
  return index.reverse();
}
