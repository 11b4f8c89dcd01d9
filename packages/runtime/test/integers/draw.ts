import type { DType } from '@refold/ir';
import { fromReals, type NdArray, type Random } from '@refold/runtime';
import { codeBounds, type Operand } from './integer-case.ts';

export const fed = (array: NdArray): Operand => ({ array, fed: true });
export const constant = (array: NdArray): Operand => ({ array, fed: false });

export function pick<T>(r: Random, list: readonly T[]): T {
  const found = list[r.between(0, list.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

export const flag = (r: Random): boolean => r.between(0, 2) === 1;

export function sizes(r: Random, count: number, most: number): readonly number[] {
  return Array.from({ length: count }, () => r.between(1, most + 1));
}

export function filled(dtype: DType, dims: readonly number[], next: (i: number) => number): NdArray {
  const size = dims.reduce((a, d) => a * d, 1);
  return fromReals(
    dtype,
    dims,
    Float64Array.from({ length: size }, (_, i) => next(i)),
  );
}

/** Codes of the whole range; the ends of it more often than others. */
export function codes(r: Random, dtype: DType, dims: readonly number[]): NdArray {
  const [low, high] = codeBounds(dtype);
  return filled(dtype, dims, () =>
    r.between(0, 10) === 0 ? pick(r, [low, high]) : r.between(low, high + 1),
  );
}

/** A scale: one in two a power of two, with which ties are exact. */
export function scaleOf(r: Random): number {
  const power = 2 ** r.between(-10, 3);
  return flag(r) ? power : Math.fround(power * (1 + r.next()));
}

export function scales(r: Random, dims: readonly number[] = []): NdArray {
  return filled('float32', dims, () => scaleOf(r));
}

/** Numbers near the middle between two codes: a third of them off by one step of float32. */
export function nearTies(r: Random, dims: readonly number[], scale: number, dtype: DType): NdArray {
  const [low, high] = codeBounds(dtype);
  const span = Math.min(high - low, 2 ** 16) + 8;
  return filled('float32', dims, () => {
    const tie = Math.fround((r.between(-span, span) + 0.5) * scale);
    return r.between(0, 3) === 0 ? nextFloat(tie, flag(r) ? 1 : -1) : tie;
  });
}

const floats = new Float32Array(1);
const patterns = new Int32Array(floats.buffer);

/** The next float32, away from zero or towards it. */
function nextFloat(x: number, step: 1 | -1): number {
  floats[0] = x;
  patterns[0] = (patterns[0] ?? 0) + step;
  return floats[0] ?? 0;
}

/** Scale and zero point of one tensor, as constants. */
export function parameters(r: Random, dtype: DType, scale = scaleOf(r)): readonly [Operand, Operand] {
  return [constant(filled('float32', [], () => scale)), constant(codes(r, dtype, []))];
}
