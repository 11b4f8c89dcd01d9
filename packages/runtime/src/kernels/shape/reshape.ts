import { elementCount, flatten, type Operator, reshape, squeeze, unsqueeze, type View } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';

/** Operators that only name the sizes anew: the result shares the data of the input. */
function reshapeKernel<V extends View>(operator: Operator<V>): Kernel {
  return {
    name: operator.name,
    run(inputs, ctx) {
      const input = asTensor(inputs[0], ctx, 0);
      const dims = resultDims(ctx, operator, operator.view(ctx.op));
      if (elementCount(dims) !== input.size) {
        throw ctx.op.invalid(`[${input.dims}] cannot be reshaped to [${dims}]`);
      }
      return [input.reshaped(dims)];
    },
  };
}

export const reshapeKernels: readonly Kernel[] = [
  reshapeKernel(flatten),
  reshapeKernel(reshape),
  reshapeKernel(squeeze),
  reshapeKernel(unsqueeze),
];
