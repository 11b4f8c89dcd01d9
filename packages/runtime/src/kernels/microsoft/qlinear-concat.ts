import { asConcat } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { concatKernel } from '../shape/concat.ts';
import { codesOperand, codingOperands, mapCodes } from './quantized.ts';

/** Scale and zero point of the result come first, then codes, scale and zero point of each part. */
export const qLinearConcat: Kernel = {
  domain: 'com.microsoft',
  name: 'QLinearConcat',
  run(inputs, ctx) {
    const op = asConcat(ctx.op);
    const parts: NdArray[] = [];
    for (let index = 2; index < inputs.length; index += 3) {
      const codes = codesOperand(inputs, ctx, index);
      const from = codingOperands(inputs, ctx, index + 1, codes.dtype);
      parts.push(mapCodes(codes, from, codingOperands(inputs, ctx, 0, codes.dtype), (x) => x, ctx));
    }
    const inner: KernelContext = {
      op,
      outputCount: ctx.outputCount,
      wants: (index) => ctx.wants(index),
      alloc: (dtype, dims) => ctx.alloc(dtype, dims),
      runGraph: (graph, values) => ctx.runGraph(graph, values),
      random: () => ctx.random(),
      tick: () => ctx.tick(),
    };
    return concatKernel.run(parts, inner);
  },
};
