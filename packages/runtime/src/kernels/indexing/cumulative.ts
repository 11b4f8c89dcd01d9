import { type CumulativeView, cumProd, cumSum, isFloat } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor, type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realResult } from '../real-result.ts';
import { around } from './places.ts';

function cumulativeKernel(operator: typeof cumSum): Kernel {
  const product = operator === cumProd;
  return {
    name: operator.name,
    run(inputs, ctx) {
      const input = asTensor(inputs[0], ctx, 0);
      const view = operator.view(ctx.op);
      if (view.axis === undefined) throw ctx.op.invalid('the axis must be a scalar');
      return [cumulate(ctx, input, view, view.axis, product)];
    },
  };
}

export const cumulativeKernels: readonly Kernel[] = [cumulativeKernel(cumSum), cumulativeKernel(cumProd)];

/** Where the elements lie, and in which order they are taken. */
interface Walk {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** Integers wrap at each step; floats are kept in double and rounded once for each element of the result. */
function cumulate(
  ctx: KernelContext,
  input: NdArray,
  view: CumulativeView,
  axis: number,
  product: boolean,
): NdArray {
  const walk: Walk = { ...around(input.dims, axis), exclusive: view.exclusive, reverse: view.reverse };
  const { data } = input;
  if (isFloat(input.dtype)) {
    const result = realResult(ctx, input.dtype, input.dims);
    runReals(reals(input), result.values, new Float64Array(walk.inner), walk, product ? 'mul' : 'add');
    return result.done();
  }
  const output = ctx.alloc(input.dtype, input.dims);
  const into = output.data;
  if (data instanceof BigInt64Array && into instanceof BigInt64Array) {
    runBig(data, into, new BigInt64Array(walk.inner), walk, product);
  } else if (data instanceof BigUint64Array && into instanceof BigUint64Array) {
    runBig(data, into, new BigUint64Array(walk.inner), walk, product);
  } else if (data instanceof Int32Array && into instanceof Int32Array) {
    runReals(data, into, new Int32Array(walk.inner), walk, product ? 'imul' : 'add');
  } else if (data instanceof Uint32Array && into instanceof Uint32Array) {
    runReals(data, into, new Uint32Array(walk.inner), walk, product ? 'imul' : 'add');
  } else {
    throw ctx.op.invalid(`${input.dtype} has no running ${product ? 'product' : 'sum'}`);
  }
  return output;
}

function runReals(x: Reals, y: Reals, totals: Reals, walk: Walk, step: 'add' | 'mul' | 'imul'): void {
  const { outer, size, inner, exclusive, reverse } = walk;
  for (let o = 0; o < outer; o += 1) {
    totals.fill(step === 'add' ? 0 : 1);
    for (let i = 0; i < size; i += 1) {
      const at = (o * size + (reverse ? size - 1 - i : i)) * inner;
      for (let j = 0; j < inner; j += 1) {
        const before = totals[j] as number;
        const value = x[at + j] as number;
        totals[j] =
          step === 'add' ? before + value : step === 'mul' ? before * value : Math.imul(before, value);
        y[at + j] = exclusive ? before : (totals[j] as number);
      }
    }
  }
}

function runBig<T extends BigInt64Array | BigUint64Array>(
  x: T,
  y: T,
  totals: T,
  walk: Walk,
  product: boolean,
): void {
  const { outer, size, inner, exclusive, reverse } = walk;
  for (let o = 0; o < outer; o += 1) {
    totals.fill(product ? 1n : 0n);
    for (let i = 0; i < size; i += 1) {
      const at = (o * size + (reverse ? size - 1 - i : i)) * inner;
      for (let j = 0; j < inner; j += 1) {
        const before = totals[j] as bigint;
        const value = x[at + j] as bigint;
        totals[j] = product ? before * value : before + value;
        y[at + j] = exclusive ? before : (totals[j] as bigint);
      }
    }
  }
}
