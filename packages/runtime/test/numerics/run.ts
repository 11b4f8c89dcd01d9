import type { DType } from '@refold/ir';
import { type RunOneOptions, type runOne, runTensor } from '../../src/kernels/run-one.ts';
import { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals, reals } from '../../src/tensor/reals.ts';

/** A vector of one element type. */
export function vector(dtype: DType, values: readonly number[]): NdArray {
  return fromReals(dtype, [values.length], values);
}

export const f32 = (...values: number[]): NdArray => vector('float32', values);
export const f64 = (...values: number[]): NdArray => vector('float64', values);
export const f16 = (...values: number[]): NdArray => vector('float16', values);
export const i32 = (...values: number[]): NdArray => vector('int32', values);

export const i64 = (...values: bigint[]): NdArray =>
  new NdArray('int64', [values.length], BigInt64Array.from(values));

export const u64 = (...values: bigint[]): NdArray =>
  new NdArray('uint64', [values.length], BigUint64Array.from(values));

export const text = (...values: string[]): NdArray => new NdArray('string', [values.length], values);

type Attributes = Parameters<typeof runOne>[2];

/** The elements of the first output as numbers. */
export function numbers(
  op: string,
  inputs: readonly (NdArray | undefined)[],
  attributes?: Attributes,
  options?: RunOneOptions,
): number[] {
  return Array.from(reals(runTensor(op, inputs, attributes, options)));
}

/** The elements of the first output as they are stored. */
export function elements(
  op: string,
  inputs: readonly (NdArray | undefined)[],
  attributes?: Attributes,
  options?: RunOneOptions,
): unknown[] {
  return [...runTensor(op, inputs, attributes, options).data];
}

/** A result of a function of doubles, rounded once to float32. */
export const round32 = (values: readonly number[]): number[] => values.map(Math.fround);

/** Seeded numbers of all magnitudes that float32 has, positive and negative. */
export function anyFloats(count: number, seed = 1): Float32Array {
  const bits = new Uint32Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bits[i] = state;
  }
  const floats = new Float32Array(bits.buffer);
  return floats.map((v) => (Number.isNaN(v) ? 1 : v));
}
