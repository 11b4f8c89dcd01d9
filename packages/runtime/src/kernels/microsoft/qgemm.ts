import { type GemmView, qGemm as qGemmOperator } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { broadcastStrides } from '../../tensor/strides.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { matrixOf } from '../linear/gemm.ts';
import { multiply } from '../linear/multiply.ts';
import { lessZeroPoint, productScale, requantize, wrapToInt32 } from '../quantization/requantize.ts';
import { realOperand } from '../real-operand.ts';
import { doubles } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { codesOperand, scalarOperand, scalarZeroPoint } from './quantized.ts';

/** A parameter of B with one element, or one a column, beside B as it is stored. */
function byColumn(parameter: NdArray, isTransposed: boolean): NdArray {
  if (parameter.size === 1) return parameter.reshaped([]);
  return parameter.reshaped(isTransposed ? [parameter.size, 1] : [parameter.size]);
}

/** Exact sums of products of codes less zero points, and C. */
function sumsOf(
  inputs: readonly (NdValue | undefined)[],
  view: GemmView,
  dims: readonly number[],
  ctx: KernelContext,
): Float64Array {
  const [codesA, codesB] = [codesOperand(inputs, ctx, 0), codesOperand(inputs, ctx, 3)];
  const zeroOfB = inputs[5] ? byColumn(realOperand(inputs, ctx, 5), view.transB) : undefined;
  const a = lessZeroPoint(codesA, scalarZeroPoint(inputs, ctx, 2, codesA.dtype), ctx);
  const b = lessZeroPoint(codesB, zeroOfB, ctx);
  const c = inputs[6] ? realOperand(inputs, ctx, 6) : ctx.alloc('int32', []);
  const [m = 0, n = 0] = dims;
  const k = a.dims[view.transA ? 0 : 1] ?? 0;
  const sums = doubles(ctx, dims);
  const [rowStride = 0, columnStride = 0] = broadcastStrides(c.dims, dims);
  const addend = { data: reals(c), offset: 0, rowStride, columnStride, factor: 1 };
  multiply(
    m,
    n,
    k,
    matrixOf(reals(a), a, view.transA),
    matrixOf(reals(b), b, view.transB),
    { data: sums, offset: 0, rowStride: n, addend },
    () => ctx.tick(),
  );
  wrapToInt32(sums);
  return sums;
}

/** Sums in the scale of the product as float32. */
function floatsOf(sums: Float64Array, scale: NdArray, dims: readonly number[], ctx: KernelContext): NdArray {
  const result = ctx.alloc('float32', dims);
  const [out, factors] = [reals(result), reals(scale)];
  const columns = dims[1] ?? 1;
  for (let i = 0; i < sums.length; i += 1) {
    const factor = factors[scale.size === 1 ? 0 : i % columns] as number;
    out[i] = Math.fround(sums[i] as number) * factor;
  }
  return result;
}

/**
 * `QGemm`: y = saturate(round((A - za) (B - zb) + C) alpha sa sb / sy) + zy), where the sum is int32; without sy, the
 * sum as float32.
 */
export const qGemm: Kernel = {
  domain: 'com.microsoft',
  name: 'QGemm',
  run(inputs, ctx) {
    const view = qGemmOperator.view(ctx.op);
    const dims = resultDims(ctx, qGemmOperator, view);
    const sums = sumsOf(inputs, view, dims, ctx);
    const alpha = ctx.alloc('float32', []);
    reals(alpha)[0] = view.alpha;
    const scaleOfA = productScale(alpha, scalarOperand(inputs, ctx, 1), ctx);
    const scale = productScale(scaleOfA, byColumn(realOperand(inputs, ctx, 4), false), ctx);
    if (inputs[7] === undefined) return [floatsOf(sums, scale, dims, ctx)];
    const [outScale, outZeroPoint] = [scalarOperand(inputs, ctx, 7), scalarOperand(inputs, ctx, 8)];
    return [requantize(sums, dims, { scale, outScale, outZeroPoint }, ctx)];
  },
};
