import { isInteger, matMul } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { broadcastOffsets } from '../../tensor/strides.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { exactInDoubles, multiplyBigInts, storeBigInts, toBigInts } from './integer-product.ts';
import { rowMajor } from './matrix.ts';
import { multiply } from './multiply.ts';

/** One product per batch element: where its operands start, in matrices. */
interface Batches {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly count: number;
  readonly a: Int32Array;
  readonly b: Int32Array;
}

/** Reads A and B as stacks of matrices by numpy's rules. Rows of a stack that meets one B are one matrix. */
function batchesOf(a: readonly number[], b: readonly number[]): Batches {
  const m = a.length > 1 ? (a.at(-2) ?? 1) : 1;
  const k = a.at(-1) ?? 1;
  const n = b.length > 1 ? (b.at(-1) ?? 1) : 1;
  const aBatch = a.slice(0, -2);
  const bBatch = b.slice(0, -2);
  if (bBatch.every((d) => d === 1) && aBatch.length >= bBatch.length) {
    const rows = aBatch.reduce((x, y) => x * y, m);
    return { m: rows, n, k, count: 1, a: new Int32Array(1), b: new Int32Array(1) };
  }
  const rank = Math.max(aBatch.length, bBatch.length);
  const batch = Array.from({ length: rank }, (_, i) => {
    const x = aBatch[i - rank + aBatch.length] ?? 1;
    return x === 1 ? (bBatch[i - rank + bBatch.length] ?? 1) : x;
  });
  const offsets = broadcastOffsets(aBatch, batch);
  return { m, n, k, count: offsets.length, a: offsets, b: broadcastOffsets(bBatch, batch) };
}

/**
 * Products of stacks of matrices by numpy's rules, row-major into `values`. Every sum is made in double: it is
 * exact for integers that are small enough.
 */
export function multiplyStacks(
  a: NdArray,
  b: NdArray,
  values: Float32Array | Float64Array,
  ctx: KernelContext,
): void {
  if (values.length === 0) return;
  const batches = batchesOf(a.dims, b.dims);
  const { m, n, k, count } = batches;
  const x = reals(a);
  const y = reals(b);
  for (let i = 0; i < count; i += 1) {
    const left = rowMajor(x, k, (batches.a[i] ?? 0) * m * k);
    const right = rowMajor(y, n, (batches.b[i] ?? 0) * k * n);
    multiply(m, n, k, left, right, { data: values, offset: i * m * n, rowStride: n }, () => ctx.tick());
  }
}

/** Product of floats, or of integers small enough that every sum is exact in double. */
function multiplyReals(a: NdArray, b: NdArray, dims: readonly number[], ctx: KernelContext): NdArray {
  const result = realResult(ctx, a.dtype, dims);
  multiplyStacks(a, b, result.values, ctx);
  return result.done();
}

function multiplyWrapping(a: NdArray, b: NdArray, dims: readonly number[], ctx: KernelContext): NdArray {
  const batches = batchesOf(a.dims, b.dims);
  const { m, n, k, count } = batches;
  const x = toBigInts(a);
  const y = toBigInts(b);
  const out = ctx.alloc(a.dtype, dims);
  const sums = new BigInt64Array(out.size);
  for (let i = 0; i < count; i += 1) {
    const left = { data: x, offset: (batches.a[i] ?? 0) * m * k, rowStride: k, columnStride: 1 };
    const right = { data: y, offset: (batches.b[i] ?? 0) * k * n, rowStride: n, columnStride: 1 };
    multiplyBigInts(m, n, k, left, right, sums, i * m * n, () => ctx.tick());
  }
  storeBigInts(sums, out);
  return out;
}

export const matMulKernel: Kernel = {
  name: 'MatMul',
  run(inputs, ctx) {
    const a = realOperand(inputs, ctx, 0);
    const b = realOperand(inputs, ctx, 1);
    const dims = resultDims(ctx, matMul, matMul.view(ctx.op));
    const wraps = isInteger(a.dtype) && !exactInDoubles(reals(a), reals(b), a.dims.at(-1) ?? 1);
    return [(wraps ? multiplyWrapping : multiplyReals)(a, b, dims, ctx)];
  },
};
