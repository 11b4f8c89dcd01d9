import {
  type ConvView,
  convInteger as convIntegerOperator,
  qLinearConv as qLinearConvOperator,
} from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { type Reals, reals, storeReals } from '../../tensor/reals.ts';
import { convolve } from '../convolution/conv.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { zeroPointOperand } from './quantize-linear.ts';
import { floatHalfEven, type RequantizationMode } from './requantization-mode.ts';
import { lessZeroPoint, requantizeAsAsked, wrapToInt32 } from './requantize.ts';

/** A parameter with one element an output channel, in a shape that broadcasts along the first axis of `rank`. */
function byChannel(parameter: NdArray, rank: number): NdArray {
  if (parameter.size === 1) return parameter.reshaped([]);
  return parameter.reshaped([parameter.size, ...new Array<number>(rank - 1).fill(1)]);
}

/** Exact sums of products. The zero point is gone from the data, so that padding with 0 pads with it. */
function sumsOf(
  x: NdArray,
  w: NdArray,
  bias: Reals | undefined,
  view: ConvView,
  dims: readonly number[],
  ctx: KernelContext,
): Float64Array {
  const values = doubles(ctx, dims);
  convolve(ctx, x, w, bias, view, dims, { values, done: () => x });
  return values;
}

const convInteger: Kernel = {
  name: 'ConvInteger',
  run(inputs, ctx) {
    const weights = realOperand(inputs, ctx, 1);
    const zeroPoint = zeroPointOperand(inputs, ctx, 3);
    const view = convIntegerOperator.view(ctx.op);
    const dims = resultDims(ctx, convIntegerOperator, view);
    const x = lessZeroPoint(realOperand(inputs, ctx, 0), zeroPointOperand(inputs, ctx, 2), ctx);
    const w = lessZeroPoint(weights, zeroPoint && byChannel(zeroPoint, weights.rank), ctx);
    const result = ctx.alloc('int32', dims);
    storeReals(sumsOf(x, w, undefined, view, dims, ctx), result);
    return [result];
  },
};

/** `QLinearConv` with accumulators that are turned into codes the way of a processor. */
export function qLinearConvIn(mode: RequantizationMode): Kernel {
  return {
    name: 'QLinearConv',
    run(inputs, ctx) {
      const operand = (index: number): NdArray => realOperand(inputs, ctx, index);
      const view = qLinearConvOperator.view(ctx.op);
      const dims = resultDims(ctx, qLinearConvOperator, view);
      const weights = operand(3);
      const x = lessZeroPoint(operand(0), operand(2), ctx);
      const w = lessZeroPoint(weights, byChannel(operand(5), weights.rank), ctx);
      const bias = inputs[8] === undefined ? undefined : reals(operand(8));
      const sums = sumsOf(x, w, bias, view, dims, ctx);
      wrapToInt32(sums);
      return [requantizeConvolution(sums, dims, inputs, ctx, mode)];
    },
  };
}

/** The codes that the operands of a QLinearConv make of its sums. */
export function requantizeConvolution(
  sums: Float64Array,
  dims: readonly number[],
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  mode: RequantizationMode = floatHalfEven,
): NdArray {
  // Channels of the result stand on its second axis.
  const scaleOfWeights = byChannel(realOperand(inputs, ctx, 4), dims.length - 1);
  return requantizeAsAsked(sums, dims, [realOperand(inputs, ctx, 1), scaleOfWeights], inputs, ctx, mode);
}

export const integerConvKernels: readonly Kernel[] = [convInteger, qLinearConvIn(floatHalfEven)];
