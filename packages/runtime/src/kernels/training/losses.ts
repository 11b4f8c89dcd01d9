import {
  dtypeKind,
  type LossView,
  negativeLogLikelihoodLoss,
  type SoftmaxView,
  softmaxCrossEntropyLoss,
} from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { asTensor, type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles, realResult } from '../real-result.ts';
import { axisLayout } from '../reduction/axis-layout.ts';
import { logSoftmaxInto } from '../reduction/softmax.ts';

/** Classes stand along axis 1 of the scores [N, C, D1, ...]. */
const classAxis: SoftmaxView = { axis: 1, coerced: false };

export const negativeLogLikelihoodLossKernel: Kernel = {
  name: 'NegativeLogLikelihoodLoss',
  run(inputs, ctx) {
    const view = negativeLogLikelihoodLoss.view(ctx.op);
    const scores = realOperand(inputs, ctx, 0);
    return [lossOf(scores, reals(scores), inputs, view, ctx)];
  },
};

/** The loss is taken from the log-probabilities before these are rounded. */
export const softmaxCrossEntropyLossKernel: Kernel = {
  name: 'SoftmaxCrossEntropyLoss',
  run(inputs, ctx) {
    const view = softmaxCrossEntropyLoss.view(ctx.op);
    const scores = realOperand(inputs, ctx, 0);
    const logs = doubles(ctx, scores.dims);
    logSoftmaxInto(logs, scores, classAxis, ctx);
    const loss = lossOf(scores, logs, inputs, view, ctx);
    if (!ctx.wants(1)) return [loss, undefined];
    const probabilities = realResult(ctx, scores.dtype, scores.dims);
    probabilities.values.set(logs);
    return [loss, probabilities.done()];
  },
};

/** Minus the weighted log-probability of each sample's class; all of them, their sum, or their mean. */
function lossOf(
  scores: NdArray,
  logs: Reals,
  inputs: readonly (NdValue | undefined)[],
  view: LossView,
  ctx: KernelContext,
): NdArray {
  const labels = labelsOf(inputs, scores, ctx);
  const classes = scores.dims[1] ?? 0;
  const weights = weightsOf(inputs, classes, ctx);
  const { outer, inner } = axisLayout(scores.dims, 1);
  const all = view.reduction === 'none';
  const result = realResult(ctx, scores.dtype, all ? labels.dims : []);
  const targets = reals(labels);
  let sum = 0;
  let weight = 0;
  for (let n = 0, at = 0; n < outer; n += 1) {
    ctx.tick();
    for (let i = 0; i < inner; i += 1, at += 1) {
      const target = targets[at] as number;
      if (target === view.ignoreIndex) continue;
      if (!(target >= 0 && target < classes)) throw ctx.op.invalid(`there is no class ${target}`);
      const w = weights ? (weights[target] as number) : 1;
      const loss = -(logs[(n * classes + target) * inner + i] as number) * w;
      if (all) result.values[at] = loss;
      sum += loss;
      weight += w;
    }
  }
  if (!all) result.values[0] = view.reduction === 'mean' ? sum / weight : sum;
  return result.done();
}

/** The class of each sample: one for each place of the scores without the classes. */
function labelsOf(inputs: readonly (NdValue | undefined)[], scores: NdArray, ctx: KernelContext): NdArray {
  const labels = asTensor(inputs[1], ctx, 1);
  const kind = dtypeKind(labels.dtype);
  if (kind !== 'signed' && kind !== 'unsigned') throw ctx.op.invalid(`labels are ${labels.dtype}`);
  const [batch, classes, ...places] = scores.dims;
  if (batch === undefined || classes === undefined) throw ctx.op.invalid('the scores have no classes');
  if ([batch, ...places].join() !== labels.dims.join()) {
    throw ctx.op.invalid(`scores [${scores.dims}] and labels [${labels.dims}] do not fit`);
  }
  return labels;
}

function weightsOf(
  inputs: readonly (NdValue | undefined)[],
  classes: number,
  ctx: KernelContext,
): Reals | undefined {
  if (!inputs[2]) return undefined;
  const weights = realOperand(inputs, ctx, 2);
  if (weights.dims.length !== 1 || weights.size !== classes) {
    throw ctx.op.invalid(`weights of shape [${weights.dims}] are not one for each of ${classes} classes`);
  }
  return reals(weights);
}
