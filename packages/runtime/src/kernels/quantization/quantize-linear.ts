import { dequantizeLinear as dequantizeOperator, quantizeLinear as quantizeOperator } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { resultDims } from '../result-dims.ts';
import { numbersOf, storeCodes } from './codes.ts';

/** A zero point, when there is one. */
export function zeroPointOperand(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  index: number,
): NdArray | undefined {
  return inputs[index] === undefined ? undefined : realOperand(inputs, ctx, index);
}

/** Integers become float32 before they are divided. */
function asFloats(x: NdArray): Reals {
  return x.dtype === 'int32' ? Float32Array.from(reals(x)) : reals(x);
}

const quantizeLinear: Kernel = {
  name: 'QuantizeLinear',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const scale = reals(realOperand(inputs, ctx, 1));
    const zeroPoint = zeroPointOperand(inputs, ctx, 2);
    const view = quantizeOperator.view(ctx.op);
    const dims = resultDims(ctx, quantizeOperator, view);
    const { to = 'uint8', saturate, precision } = view;
    const result = ctx.alloc(to, dims);
    const coding = { layout: view, scale, zeroPoint: zeroPoint && reals(zeroPoint), saturate, precision };
    storeCodes(asFloats(x), coding, result, ctx);
    return [result];
  },
};

const dequantizeLinear: Kernel = {
  name: 'DequantizeLinear',
  run(inputs, ctx) {
    const codes = realOperand(inputs, ctx, 0);
    const scale = realOperand(inputs, ctx, 1);
    const zeroPoint = zeroPointOperand(inputs, ctx, 2);
    const view = dequantizeOperator.view(ctx.op);
    resultDims(ctx, dequantizeOperator, view);
    const coding = { layout: view, scale: reals(scale), zeroPoint: zeroPoint && reals(zeroPoint) };
    return [numbersOf(codes, coding, view.to ?? scale.dtype, ctx)];
  },
};

export const linearQuantizationKernels: readonly Kernel[] = [quantizeLinear, dequantizeLinear];
