import { type BatchNormalizationView, batchNormalization, elementCount } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';

/** The input as [samples, parameters, size]: elements of a parameter share mean, variance, scale and bias. */
interface Layout {
  readonly samples: number;
  readonly parameters: number;
  readonly size: number;
}

function layoutOf(dims: readonly number[], view: BatchNormalizationView): Layout {
  // Without elements there is nothing to walk, however many samples there are.
  const samples = elementCount(dims) === 0 ? 0 : (dims[0] ?? 1);
  if (!view.spatial) return { samples, parameters: elementCount(dims.slice(1)), size: 1 };
  return { samples, parameters: dims.length === 1 ? 1 : (dims[1] ?? 1), size: elementCount(dims.slice(2)) };
}

/** Mean and population variance of each parameter over the batch. */
function batchMoments(data: Reals, layout: Layout): readonly [Float64Array, Float64Array] {
  const { samples, parameters, size } = layout;
  const count = samples * size;
  const means = new Float64Array(parameters);
  const variances = new Float64Array(parameters);
  for (let c = 0; c < parameters; c += 1) {
    let sum = 0;
    for (let n = 0; n < samples; n += 1) {
      const at = (n * parameters + c) * size;
      for (let i = at; i < at + size; i += 1) sum += data[i] as number;
    }
    const mean = sum / count;
    let squares = 0;
    for (let n = 0; n < samples; n += 1) {
      const at = (n * parameters + c) * size;
      for (let i = at; i < at + size; i += 1) squares += ((data[i] as number) - mean) ** 2;
    }
    means[c] = mean;
    variances[c] = squares / count;
  }
  return [means, variances];
}

/** (x - mean) / sqrt(variance + epsilon) * scale + bias */
function normalize(
  ctx: KernelContext,
  x: NdArray,
  layout: Layout,
  [scale, bias, mean, variance]: readonly [Reals, Reals, Reals, Reals],
  epsilon: number,
): NdArray {
  const { samples, parameters, size } = layout;
  const data = reals(x);
  const result = realResult(ctx, x.dtype, x.dims);
  const { values } = result;
  for (let c = 0; c < parameters; c += 1) {
    const m = mean[c] as number;
    const deviation = Math.sqrt((variance[c] as number) + epsilon);
    const s = scale[c] as number;
    const b = bias[c] as number;
    for (let n = 0; n < samples; n += 1) {
      const at = (n * parameters + c) * size;
      for (let i = at; i < at + size; i += 1) values[i] = (((data[i] as number) - m) / deviation) * s + b;
    }
    ctx.tick();
  }
  return result.done();
}

/** Running statistics after the batch: the old ones weighted by the momentum, those of the batch by the rest. */
function updated(running: NdArray, batch: Float64Array, momentum: number): NdArray {
  const old = reals(running);
  return fromReals(
    running.dtype,
    running.dims,
    batch.map((value, c) => (old[c] as number) * momentum + value * (1 - momentum)),
  );
}

export const batchNormalizationKernel: Kernel = {
  name: 'BatchNormalization',
  run(inputs, ctx) {
    const [x, scale, bias, mean, variance] = [0, 1, 2, 3, 4].map((i) => realOperand(inputs, ctx, i));
    if (!x || !scale || !bias || !mean || !variance) throw ctx.op.invalid('five inputs are needed');
    const view = batchNormalization.view(ctx.op);
    batchNormalization.infer(ctx.op, view);
    const layout = layoutOf(x.dims, view);
    if (!view.trainingMode) {
      const parameters = [reals(scale), reals(bias), reals(mean), reals(variance)] as const;
      return [normalize(ctx, x, layout, parameters, view.epsilon)];
    }
    const [means, variances] = batchMoments(reals(x), layout);
    return [
      normalize(ctx, x, layout, [reals(scale), reals(bias), means, variances], view.epsilon),
      updated(mean, means, view.momentum),
      updated(variance, variances, view.momentum),
      // Opsets before 14 also hand out the statistics of the batch.
      fromReals(mean.dtype, mean.dims, means),
      fromReals(variance.dtype, variance.dims, variances),
    ];
  },
};
