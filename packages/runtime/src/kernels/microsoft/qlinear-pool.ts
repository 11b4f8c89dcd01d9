import {
  qLinearAveragePool as averagePoolOperator,
  elementCount,
  qLinearGlobalAveragePool as globalPoolOperator,
} from '@refold/ir';
import { NdArray } from '../../tensor/nd-array.ts';
import { asTensor, reals } from '../../tensor/reals.ts';
import { averagePoolKernel } from '../convolution/average-pool.ts';
import type { Kernel } from '../kernel.ts';
import { lessZeroPoint, requantize } from '../quantization/requantize.ts';
import { doubles } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import {
  codesOperand,
  codingOperands,
  decodedOperand,
  encoded,
  scalarOperand,
  scalarZeroPoint,
} from './quantized.ts';

const domain = 'com.microsoft';

/** The averages of decoded numbers, encoded. */
const qLinearAveragePool: Kernel = {
  domain,
  name: 'QLinearAveragePool',
  run(inputs, ctx) {
    // The view refuses what only the quantized operator has; the rest is AveragePool's to read.
    averagePoolOperator.view(ctx.op);
    const { dtype } = codesOperand(inputs, ctx, 0);
    const [pooled] = averagePoolKernel.run([decodedOperand(inputs, ctx, 0)], ctx);
    return [encoded(asTensor(pooled, ctx, 0), codingOperands(inputs, ctx, 3, dtype), dtype, ctx)];
  },
};

/** Codes are summed as integers; the size of the image goes into the scale of the result. */
const qLinearGlobalAveragePool: Kernel = {
  domain,
  name: 'QLinearGlobalAveragePool',
  run(inputs, ctx) {
    const codes = codesOperand(inputs, ctx, 0);
    const dims = resultDims(ctx, globalPoolOperator, globalPoolOperator.view(ctx.op));
    const x = reals(lessZeroPoint(codes, scalarZeroPoint(inputs, ctx, 2, codes.dtype), ctx));
    const size = elementCount(codes.dims.slice(2));
    const sums = doubles(ctx, dims);
    for (let c = 0, at = 0; c < sums.length; c += 1) {
      let sum = 0;
      for (const end = at + size; at < end; at += 1) sum += x[at] as number;
      sums[c] = sum;
    }
    const outScale = reals(scalarOperand(inputs, ctx, 3))[0] as number;
    const how = {
      scale: scalarOperand(inputs, ctx, 1),
      outScale: new NdArray('float32', [], Float32Array.of(outScale * size)),
      outZeroPoint: scalarZeroPoint(inputs, ctx, 4, codes.dtype),
    };
    return [requantize(sums, dims, how, ctx)];
  },
};

export const qLinearPoolKernels: readonly Kernel[] = [qLinearAveragePool, qLinearGlobalAveragePool];
