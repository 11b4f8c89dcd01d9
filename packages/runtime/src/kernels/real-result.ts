import type { DType } from '@refold/ir';
import type { NdArray } from '../tensor/nd-array.ts';
import { storeReals } from '../tensor/reals.ts';
import type { KernelContext } from './kernel.ts';

/** A result under construction: numbers are stored as they come and rounded once to the element type. */
export interface RealResult {
  /** Where the numbers go, row-major. A Float32Array rounds as it stores, so each is written once. */
  readonly values: Float32Array | Float64Array;
  /** The finished array. */
  done(): NdArray;
}

/** Starts a zero-filled result of any numeric type. */
export function realResult(ctx: KernelContext, dtype: DType, dims: readonly number[]): RealResult {
  if (dtype === 'float32' || dtype === 'float64') {
    const array = ctx.alloc(dtype, dims);
    if (array.data instanceof Float32Array || array.data instanceof Float64Array) {
      return { values: array.data, done: () => array };
    }
  }
  const values = doubles(ctx, dims);
  return {
    values,
    done() {
      const array = ctx.alloc(dtype, dims);
      storeReals(values, array);
      return array;
    },
  };
}

/** Zero-filled working memory that counts against the limit of the run. */
export function doubles(ctx: KernelContext, dims: readonly number[]): Float64Array {
  const { data } = ctx.alloc('float64', dims);
  return data instanceof Float64Array ? data : new Float64Array(data.length);
}
