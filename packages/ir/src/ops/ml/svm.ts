import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { labelsOf, type PostTransform, postTransform, rowsDim } from './rows.ts';

const domain = 'ai.onnx.ml';

/** How a support vector machine compares two points. */
export type SvmKernelView = {
  readonly kernel: 'LINEAR' | 'POLY' | 'RBF' | 'SIGMOID';
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
};

/** Parameters of `SVMClassifier`. */
export type SvmClassifierView = SvmKernelView & {
  readonly labelDtype: 'string' | 'int64';
  readonly classes: number;
  /** Number of scores of a row: of classes, or of pairs of classes where raw votes are given. */
  readonly scores: number;
  /** Whether scores are probabilities. */
  readonly probabilities: boolean;
  readonly vectorsPerClass: readonly number[];
  readonly postTransform: PostTransform;
};

/** Parameters of `SVMRegressor`. */
export type SvmRegressorView = SvmKernelView & {
  readonly supports: number;
  readonly oneClass: boolean;
  readonly postTransform: PostTransform;
};

function kernelView(ctx: OpContext): SvmKernelView {
  const kernel = ctx.string('kernel_type') ?? 'LINEAR';
  if (kernel !== 'LINEAR' && kernel !== 'POLY' && kernel !== 'RBF' && kernel !== 'SIGMOID') {
    throw ctx.invalid(`kernel_type ${kernel} is not known`);
  }
  const [gamma = 0, coef0 = 0, degree = 0] = ctx.floatsAttribute('kernel_params') ?? [];
  return { kernel, gamma, coef0, degree };
}

/** `SVMClassifier`: the label that a support vector machine gives, and its scores. */
export const svmClassifier: Operator<SvmClassifierView> = operator({
  domain,
  name: 'SVMClassifier',
  view(ctx) {
    const labels = labelsOf(ctx, 'classlabels_ints');
    const vectorsPerClass = ctx.intsAttribute('vectors_per_class') ?? [];
    const probabilities = (ctx.floatsAttribute('prob_a') ?? []).length > 0;
    const classes = vectorsPerClass.length > 0 ? vectorsPerClass.length : labels.count;
    const pairs = (classes * (classes - 1)) / 2;
    // Without support vectors there is one linear function for each class.
    const oneEach = probabilities || vectorsPerClass.length === 0 || classes <= 2;
    return {
      ...kernelView(ctx),
      labelDtype: labels.dtype,
      classes,
      scores: oneEach ? classes : pairs,
      probabilities,
      vectorsPerClass,
      postTransform: postTransform(ctx),
    };
  },
  infer(ctx, view) {
    const rows = rowsDim(ctx);
    return [tensorType(view.labelDtype, [rows]), tensorType('float32', [rows, view.scores])];
  },
});

/** `SVMRegressor`: the value that a support vector machine gives; 1 or -1 for one class. */
export const svmRegressor: Operator<SvmRegressorView> = operator({
  domain,
  name: 'SVMRegressor',
  view: (ctx) => ({
    ...kernelView(ctx),
    supports: ctx.int('n_supports') ?? 0,
    oneClass: (ctx.int('one_class') ?? 0) !== 0,
    postTransform: postTransform(ctx),
  }),
  infer: (ctx) => [tensorType('float32', [rowsDim(ctx), 1])],
});
