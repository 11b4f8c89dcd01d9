import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator } from '../operator.ts';
import { labelsOf, type PostTransform, postTransform, rowsDim } from './rows.ts';

const domain = 'ai.onnx.ml';

/** Parameters of `LinearRegressor`. */
export type LinearRegressorView = {
  readonly targets: number;
  readonly coefficients: readonly number[];
  readonly intercepts: readonly number[];
  readonly postTransform: PostTransform;
};

/** `LinearRegressor`: X [N, C] times coefficients [targets, C], plus intercepts. */
export const linearRegressor: Operator<LinearRegressorView> = operator({
  domain,
  name: 'LinearRegressor',
  view(ctx) {
    const targets = ctx.int('targets') ?? 1;
    if (targets < 1) throw ctx.invalid(`targets ${targets} is not positive`);
    return {
      targets,
      coefficients: ctx.floatsAttribute('coefficients') ?? [],
      intercepts: ctx.floatsAttribute('intercepts') ?? [],
      postTransform: postTransform(ctx),
    };
  },
  infer: (ctx, view) => [tensorType('float32', [rowsDim(ctx), view.targets])],
});

/** Parameters of `LinearClassifier`. */
export type LinearClassifierView = {
  readonly labelDtype: 'string' | 'int64';
  readonly labels: number;
  /** Number of linear functions: of classes, or 1 for two classes. */
  readonly functions: number;
  /** Number of scores of a row. */
  readonly scores: number;
  readonly coefficients: readonly number[];
  readonly intercepts: readonly number[];
  readonly postTransform: PostTransform;
};

/** `LinearClassifier`: the label with the best linear score, and all scores. */
export const linearClassifier: Operator<LinearClassifierView> = operator({
  domain,
  name: 'LinearClassifier',
  view(ctx) {
    const labels = labelsOf(ctx, 'classlabels_ints');
    const intercepts = ctx.floatsAttribute('intercepts') ?? [];
    const functions = intercepts.length > 0 ? intercepts.length : Math.max(1, labels.count);
    return {
      labelDtype: labels.dtype,
      labels: labels.count,
      functions,
      scores: functions === 1 && labels.count === 2 ? 2 : functions,
      coefficients: ctx.floatsAttribute('coefficients') ?? [],
      intercepts,
      postTransform: postTransform(ctx),
    };
  },
  infer(ctx, view) {
    const rows = rowsDim(ctx);
    return [tensorType(view.labelDtype, [rows]), tensorType('float32', [rows, view.scores])];
  },
});
