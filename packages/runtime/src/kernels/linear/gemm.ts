import { type GemmView, gemm, isInteger } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { broadcastStrides } from '../../tensor/strides.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { largest, multiplyBigInts, storeBigInts, toBigInts } from './integer-product.ts';
import { multiply } from './multiply.ts';

interface GemmOperands {
  readonly a: NdArray;
  readonly b: NdArray;
  readonly c: NdArray | undefined;
  readonly dims: readonly number[];
}

/** Elements of an operand as a matrix, after transposition. */
export function matrixOf<D>(
  data: D,
  { dims }: NdArray,
  isTransposed: boolean,
): { readonly data: D; readonly offset: 0; readonly rowStride: number; readonly columnStride: number } {
  const width = dims[1] ?? 1;
  const [rowStride, columnStride] = isTransposed ? [1, width] : [width, 1];
  return { data, offset: 0, rowStride, columnStride };
}

/** `alpha * A * B + beta * C` in double, rounded once. */
function gemmReals(operands: GemmOperands, view: GemmView, ctx: KernelContext): NdArray {
  const { a, b, c, dims } = operands;
  const [m = 0, n = 0] = dims;
  const k = a.dims[view.transA ? 0 : 1] ?? 0;
  const result = realResult(ctx, a.dtype, dims);
  const left = matrixOf(reals(a), a, view.transA);
  const right = matrixOf(reals(b), b, view.transB);
  const target = { data: result.values, offset: 0, rowStride: n, alpha: view.alpha };
  if (c === undefined) {
    multiply(m, n, k, left, right, target, () => ctx.tick());
  } else {
    const [rowStride = 0, columnStride = 0] = broadcastStrides(c.dims, dims);
    const addend = { data: reals(c), offset: 0, rowStride, columnStride, factor: view.beta };
    multiply(m, n, k, left, right, { ...target, addend }, () => ctx.tick());
  }
  return result.done();
}

/** Integers with integer factors, modulo 2^64 and then the element type. */
function gemmWrapping(operands: GemmOperands, view: GemmView, ctx: KernelContext): NdArray {
  const { a, b, c, dims } = operands;
  const [m = 0, n = 0] = dims;
  const k = a.dims[view.transA ? 0 : 1] ?? 0;
  const out = ctx.alloc(a.dtype, dims);
  const sums = new BigInt64Array(out.size);
  const left = matrixOf(toBigInts(a), a, view.transA);
  const right = matrixOf(toBigInts(b), b, view.transB);
  multiplyBigInts(m, n, k, left, right, sums, 0, () => ctx.tick());
  const alpha = BigInt(view.alpha);
  const beta = BigInt(view.beta);
  const added = c && toBigInts(c);
  const [rowStride = 0, columnStride = 0] = c ? broadcastStrides(c.dims, dims) : [];
  for (let i = 0; i < m; i += 1) {
    for (let j = 0; j < n; j += 1) {
      const extra = added ? beta * (added[i * rowStride + j * columnStride] as bigint) : 0n;
      sums[i * n + j] = alpha * (sums[i * n + j] as bigint) + extra;
    }
  }
  storeBigInts(sums, out);
  return out;
}

/** Whether every intermediate value of an integer Gemm is exact in double. */
function fitsDoubles({ a, b, c }: GemmOperands, view: GemmView): boolean {
  const k = a.dims[view.transA ? 0 : 1] ?? 0;
  const product = largest(reals(a)) * largest(reals(b)) * k * Math.abs(view.alpha);
  const added = c ? largest(reals(c)) * Math.abs(view.beta) : 0;
  return product + added <= Number.MAX_SAFE_INTEGER;
}

export const gemmKernel: Kernel = {
  name: 'Gemm',
  run(inputs, ctx) {
    const a = realOperand(inputs, ctx, 0);
    const b = realOperand(inputs, ctx, 1);
    const view = gemm.view(ctx.op);
    // What beta wipes out is not read, as in every BLAS: NaN in C would come through the formula.
    const c = inputs[2] && view.beta !== 0 ? realOperand(inputs, ctx, 2) : undefined;
    const operands = { a, b, c, dims: resultDims(ctx, gemm, view) };
    const whole = isInteger(a.dtype) && Number.isInteger(view.alpha) && Number.isInteger(view.beta);
    return [(whole && !fitsDoubles(operands, view) ? gemmWrapping : gemmReals)(operands, view, ctx)];
  },
};
