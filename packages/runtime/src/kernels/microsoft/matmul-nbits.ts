import { type MatMulNBitsView, matMulNBits as matMulNBitsOperator } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { rowMajor, transposed } from '../linear/matrix.ts';
import { multiply } from '../linear/multiply.ts';
import { numbersOf } from '../quantization/codes.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { unpacked } from './packed-codes.ts';

type Inputs = readonly (NdValue | undefined)[];

/** One zero point a block. */
function zeroPoints(inputs: Inputs, { k, n, bits, blockSize }: MatMulNBitsView, ctx: KernelContext): Reals {
  const blocks = Math.ceil(k / blockSize);
  if (inputs[3] === undefined) return new Uint8Array(n * blocks).fill(2 ** (bits - 1));
  const given = realOperand(inputs, ctx, 3);
  return reals(given.dtype === 'uint8' ? unpacked(given, bits, [n, blocks], ctx) : given);
}

/** The matrix [N, K] that codes mean, rounded to the type of A as DequantizeLinear rounds it. */
function weights(inputs: Inputs, view: MatMulNBitsView, ctx: KernelContext): NdArray {
  const codes = unpacked(realOperand(inputs, ctx, 1), view.bits, [view.n, view.k], ctx);
  const scale = realOperand(inputs, ctx, 2);
  const layout = { granularity: 'block', axis: 1, blockSize: view.blockSize } as const;
  const coding = { layout, scale: reals(scale), zeroPoint: zeroPoints(inputs, view, ctx) };
  return numbersOf(codes, coding, scale.dtype, ctx);
}

/** `MatMulNBits`: the sum and the bias in double, rounded once, as Gemm has them. */
export const matMulNBits: Kernel = {
  domain: 'com.microsoft',
  name: 'MatMulNBits',
  run(inputs, ctx) {
    const view = matMulNBitsOperator.view(ctx.op);
    const dims = resultDims(ctx, matMulNBitsOperator, view);
    const { k, n } = view;
    const a = realOperand(inputs, ctx, 0);
    const result = realResult(ctx, a.dtype, dims);
    const bias = inputs[5] && { ...rowMajor(reals(realOperand(inputs, ctx, 5)), 0), factor: 1 };
    const left = rowMajor(reals(a), k);
    const right = transposed(rowMajor(reals(weights(inputs, view, ctx)), k));
    const target = { data: result.values, offset: 0, rowStride: n, ...(bias ? { addend: bias } : {}) };
    multiply(result.values.length / n, n, k, left, right, target, () => ctx.tick());
    return [result.done()];
  },
};
