import { elementCount, groupNormalization, instanceNormalization } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { meanOf, varianceOf } from './moments.ts';

/**
 * Normalises every group of channels of every sample by its own mean and variance, then scales and shifts
 * each channel: channel `c` by parameter `c`, or by that of its group.
 */
function normalizeGroups(
  ctx: KernelContext,
  x: NdArray,
  groups: number,
  epsilon: number,
  scale: Reals,
  bias: Reals,
  perChannel: boolean,
): NdArray {
  const [samples = 0, channels = 0] = x.dims;
  const size = elementCount(x.dims.slice(2));
  const inGroup = channels / groups;
  const data = reals(x);
  const result = realResult(ctx, x.dtype, x.dims);
  if (x.size === 0) return result.done();
  const { values } = result;
  for (let n = 0; n < samples; n += 1) {
    for (let g = 0; g < groups; g += 1) {
      const start = (n * channels + g * inGroup) * size;
      const mean = meanOf(data, start, inGroup * size);
      const deviation = Math.sqrt(varianceOf(data, start, inGroup * size, mean) + epsilon);
      for (let c = 0; c < inGroup; c += 1) {
        const parameter = perChannel ? g * inGroup + c : g;
        const s = scale[parameter] as number;
        const b = bias[parameter] as number;
        const end = start + (c + 1) * size;
        for (let i = end - size; i < end; i += 1)
          values[i] = (((data[i] as number) - mean) / deviation) * s + b;
      }
      ctx.tick();
    }
  }
  return result.done();
}

export const groupNormalizationKernel: Kernel = {
  name: 'GroupNormalization',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const scale = reals(realOperand(inputs, ctx, 1));
    const bias = reals(realOperand(inputs, ctx, 2));
    const view = groupNormalization.view(ctx.op);
    groupNormalization.infer(ctx.op, view);
    return [normalizeGroups(ctx, x, view.numGroups, view.epsilon, scale, bias, view.perChannel)];
  },
};

/** Every channel is a group of its own. */
export const instanceNormalizationKernel: Kernel = {
  name: 'InstanceNormalization',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const scale = reals(realOperand(inputs, ctx, 1));
    const bias = reals(realOperand(inputs, ctx, 2));
    const view = instanceNormalization.view(ctx.op);
    instanceNormalization.infer(ctx.op, view);
    return [normalizeGroups(ctx, x, x.dims[1] ?? 0, view.epsilon, scale, bias, true)];
  },
};
