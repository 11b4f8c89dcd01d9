import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator } from '../operator.ts';
import { resultType } from '../sizes.ts';
import { labelsOf, type PostTransform, postTransform, rowsDim } from './rows.ts';

const domain = 'ai.onnx.ml';

/** How the leaves that a row reaches become one number for each target. */
export type TreeAggregate = 'SUM' | 'AVERAGE' | 'MIN' | 'MAX';

/** Parameters of `TreeEnsemble`. */
export type TreeEnsembleView = {
  /** Numbers for each row. */
  readonly targets: number;
  readonly aggregate: TreeAggregate;
  readonly postTransform: PostTransform;
};

/** Parameters of `TreeEnsembleClassifier`. */
export type TreeClassifierView = {
  readonly labelDtype: 'string' | 'int64';
  readonly labels: number;
  readonly postTransform: PostTransform;
};

/** `TreeEnsembleClassifier`: the label that gets most weight from the leaves of trees, and all weights. */
export const treeEnsembleClassifier: Operator<TreeClassifierView> = operator({
  domain,
  name: 'TreeEnsembleClassifier',
  view(ctx) {
    const labels = labelsOf(ctx, 'classlabels_int64s');
    if (labels.count === 0) throw ctx.invalid('it has no class labels');
    return { labelDtype: labels.dtype, labels: labels.count, postTransform: postTransform(ctx) };
  },
  infer(ctx, view) {
    const rows = rowsDim(ctx);
    return [tensorType(view.labelDtype, [rows]), tensorType('float32', [rows, view.labels])];
  },
});

/** `TreeEnsembleRegressor`: weights of the leaves of trees, summed up for each target. */
export const treeEnsembleRegressor: Operator<TreeEnsembleView> = operator({
  domain,
  name: 'TreeEnsembleRegressor',
  view(ctx) {
    const aggregate = ctx.string('aggregate_function') ?? 'SUM';
    if (aggregate !== 'SUM' && aggregate !== 'AVERAGE' && aggregate !== 'MIN' && aggregate !== 'MAX') {
      throw ctx.invalid(`aggregate_function ${aggregate} is not known`);
    }
    const targets = ctx.int('n_targets') ?? 1;
    if (targets < 1) throw ctx.invalid(`n_targets ${targets} is not positive`);
    return { targets, aggregate, postTransform: postTransform(ctx) };
  },
  infer: (ctx, view) => [tensorType('float32', [rowsDim(ctx), view.targets])],
});

const aggregates: readonly TreeAggregate[] = ['AVERAGE', 'SUM', 'MIN', 'MAX'];
const transforms: readonly PostTransform[] = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'];

/** `TreeEnsemble`: the form of opset 5, with numbers in place of names and leaves in a list of their own. */
export const treeEnsemble: Operator<TreeEnsembleView> = operator({
  domain,
  name: 'TreeEnsemble',
  view(ctx) {
    const aggregate = aggregates[ctx.int('aggregate_function') ?? 1];
    const transform = transforms[ctx.int('post_transform') ?? 0];
    if (aggregate === undefined) throw ctx.invalid('aggregate_function is not known');
    if (transform === undefined) throw ctx.invalid('post_transform is not known');
    const targets = ctx.int('n_targets') ?? 1;
    if (targets < 1) throw ctx.invalid(`n_targets ${targets} is not positive`);
    return { targets, aggregate, postTransform: transform };
  },
  infer: (ctx, view) => [resultType(ctx.dtype(0), [rowsDim(ctx), view.targets])],
});
