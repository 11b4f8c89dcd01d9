import { matMulInteger as matMulIntegerOperator, qLinearMatMul as qLinearMatMulOperator } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { storeReals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { multiplyStacks } from '../linear/matmul.ts';
import { realOperand } from '../real-operand.ts';
import { doubles } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { zeroPointOperand } from './quantize-linear.ts';
import { floatHalfEven, type RequantizationMode } from './requantization-mode.ts';
import { lessZeroPoint, requantizeAsAsked, wrapToInt32 } from './requantize.ts';

/** A parameter of A with one element a row: a list [M] stands along the last but one axis. */
function byRow<T extends NdArray | undefined>(parameter: T): T | NdArray {
  return parameter?.rank === 1 && parameter.size !== 1
    ? parameter.reshaped([parameter.size, 1])
    : scalarIfOne(parameter);
}

/** A list of one element is a scalar, which also fits a vector. */
function scalarIfOne<T extends NdArray | undefined>(parameter: T): T | NdArray {
  return parameter?.size === 1 ? parameter.reshaped([]) : parameter;
}

/** Exact sums of products of codes less zero points. */
function products(a: NdArray, b: NdArray, dims: readonly number[], ctx: KernelContext): Float64Array {
  const sums = doubles(ctx, dims);
  multiplyStacks(a, b, sums, ctx);
  return sums;
}

const matMulInteger: Kernel = {
  name: 'MatMulInteger',
  run(inputs, ctx) {
    const a = lessZeroPoint(realOperand(inputs, ctx, 0), byRow(zeroPointOperand(inputs, ctx, 2)), ctx);
    const b = lessZeroPoint(realOperand(inputs, ctx, 1), scalarIfOne(zeroPointOperand(inputs, ctx, 3)), ctx);
    const dims = resultDims(ctx, matMulIntegerOperator, {});
    const result = ctx.alloc('int32', dims);
    storeReals(products(a, b, dims, ctx), result);
    return [result];
  },
};

/** `QLinearMatMul` with accumulators that are turned into codes the way of a processor. */
export function qLinearMatMulIn(mode: RequantizationMode): Kernel {
  return {
    name: 'QLinearMatMul',
    run(inputs, ctx) {
      const operand = (index: number): NdArray => realOperand(inputs, ctx, index);
      const dims = resultDims(ctx, qLinearMatMulOperator, {});
      const a = lessZeroPoint(operand(0), byRow(operand(2)), ctx);
      const b = lessZeroPoint(operand(3), scalarIfOne(operand(5)), ctx);
      const sums = products(a, b, dims, ctx);
      if (a.dtype !== 'float32') wrapToInt32(sums);
      return [requantizeProducts(sums, dims, inputs, ctx, mode)];
    },
  };
}

/** The codes that the operands of a QLinearMatMul make of its sums. */
export function requantizeProducts(
  sums: Float64Array,
  dims: readonly number[],
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  mode: RequantizationMode = floatHalfEven,
): NdArray {
  const scales = [byRow(realOperand(inputs, ctx, 1)), scalarIfOne(realOperand(inputs, ctx, 4))] as const;
  return requantizeAsAsked(sums, dims, scales, inputs, ctx, mode);
}

export const integerMatMulKernels: readonly Kernel[] = [matMulInteger, qLinearMatMulIn(floatHalfEven)];
