import { printShape, type Shape } from '../../types/shape.ts';
import type { ValueType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType, unifyDims } from '../sizes.ts';

/** Parameters of loss operators. */
export interface LossView extends View {
  /** What becomes of the losses of the samples: `none` keeps them, the others give a scalar. */
  readonly reduction: 'none' | 'sum' | 'mean';
  /** The label of samples that do not count, if there is one. */
  readonly ignoreIndex: number | undefined;
}

function lossView(ctx: OpContext): LossView {
  const reduction = ctx.string('reduction') ?? 'mean';
  if (reduction !== 'none' && reduction !== 'sum' && reduction !== 'mean') {
    throw ctx.invalid(`reduction is "${reduction}"`);
  }
  return { reduction, ignoreIndex: ctx.int('ignore_index') };
}

/** Shape of the losses: that of the scores [N, C, D1, ...] without the classes, and that of the labels. */
function sampleShape(ctx: OpContext): Shape | undefined {
  const scores = ctx.shape(0);
  const labels = ctx.shape(1);
  if (scores && scores.length < 2) throw ctx.invalid(`scores of shape ${printShape(scores)} have no classes`);
  const samples = scores && [...scores.slice(0, 1), ...scores.slice(2)];
  if (!samples || !labels) return samples ?? labels;
  const shape =
    samples.length === labels.length ? samples.map((dim, i) => unifyDims(dim, labels[i] ?? dim)) : undefined;
  if (!shape?.every((dim) => dim !== undefined)) {
    throw ctx.invalid(`scores ${printShape(scores)} and labels ${printShape(labels)} do not fit`);
  }
  return shape;
}

function checkWeights(ctx: OpContext): void {
  const weights = ctx.shape(2);
  const classes = ctx.shape(0)?.[1];
  if (!weights) return;
  const [length] = weights;
  const fits = length !== undefined && weights.length === 1;
  if (!fits || (classes !== undefined && unifyDims(length, classes) === undefined)) {
    throw ctx.invalid(`weights of shape ${printShape(weights)} are not one for each class`);
  }
}

/** The loss, and the logarithms of the probabilities where they are a result too. */
function inferLoss(ctx: OpContext, view: LossView): readonly (ValueType | undefined)[] {
  checkWeights(ctx);
  const samples = sampleShape(ctx);
  const dtype = ctx.dtype(0);
  const loss = resultType(dtype, view.reduction === 'none' ? samples : []);
  return [loss, resultType(dtype, ctx.shape(0))].slice(0, ctx.outputCount);
}

/** Minus the log-probability of the right class of each sample, weighted by class. */
export const negativeLogLikelihoodLoss: Operator<LossView> = operator<LossView>({
  name: 'NegativeLogLikelihoodLoss',
  view: lossView,
  infer: (ctx, view) => inferLoss(ctx, view).slice(0, 1),
});

/** The same after a log-softmax over the classes, which is the second result. */
export const softmaxCrossEntropyLoss: Operator<LossView> = operator<LossView>({
  name: 'SoftmaxCrossEntropyLoss',
  view: lossView,
  infer: inferLoss,
});
