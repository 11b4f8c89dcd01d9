import { linearClassifier, linearRegressor } from '@refold/ir';
import type { Kernel, KernelContext } from '../kernel.ts';
import { doubles, realResult } from '../real-result.ts';
import { classLabels, putLabel } from './labels.ts';
import { type Rows, rowsOf } from './rows.ts';
import { argMax, transformScores, twoScores } from './scores.ts';

const domain = 'ai.onnx.ml';

export const linearRegressorKernel: Kernel = {
  domain,
  name: 'LinearRegressor',
  run(inputs, ctx) {
    const x = rowsOf(inputs, ctx);
    const view = linearRegressor.view(ctx.op);
    const { targets } = view;
    checkSizes(ctx, x, targets, view.coefficients, view.intercepts);
    const out = realResult(ctx, 'float32', [x.rows, targets]);
    const scores = doubles(ctx, [targets]);
    for (let row = 0; row < x.rows; row += 1) {
      ctx.tick();
      linear(scores, x, row, view.coefficients, view.intercepts);
      transformScores(scores, view.postTransform);
      out.values.set(scores, row * targets);
    }
    return [out.done()];
  },
};

/** With two labels and one function, its sign decides. */
export const linearClassifierKernel: Kernel = {
  domain,
  name: 'LinearClassifier',
  run(inputs, ctx) {
    const x = rowsOf(inputs, ctx);
    const view = linearClassifier.view(ctx.op);
    checkSizes(ctx, x, view.functions, view.coefficients, view.intercepts);
    const labels = classLabels(ctx, 'classlabels_ints');
    const y = ctx.alloc(view.labelDtype, [x.rows]);
    const z = realResult(ctx, 'float32', [x.rows, view.scores]);
    const scores = new Float64Array(view.functions);
    for (let row = 0; row < x.rows; row += 1) {
      ctx.tick();
      linear(scores, x, row, view.coefficients, view.intercepts);
      if (view.scores > view.functions) {
        const score = scores[0] ?? 0;
        putLabel(ctx, y, row, labels, score > 0 ? 1 : 0);
        z.values.set(twoScores(ctx, score, view.postTransform, false), row * 2);
      } else {
        putLabel(ctx, y, row, labels, argMax(scores));
        transformScores(scores, view.postTransform);
        z.values.set(scores, row * view.scores);
      }
    }
    return [y, z.done()];
  },
};

function checkSizes(
  ctx: KernelContext,
  x: Rows,
  functions: number,
  coefficients: readonly number[],
  intercepts: readonly number[],
): void {
  // Coefficients beyond the columns of X are not read, as in ONNX Runtime: there are models that have them.
  if (coefficients.length < functions * x.columns) {
    throw ctx.op.invalid(
      `it has ${coefficients.length} coefficients for ${functions} functions of ${x.columns} columns`,
    );
  }
  if (intercepts.length !== 0 && intercepts.length !== functions) {
    throw ctx.op.invalid(`it has ${intercepts.length} intercepts for ${functions} functions`);
  }
}

function linear(
  scores: Float64Array,
  x: Rows,
  row: number,
  coefficients: readonly number[],
  intercepts: readonly number[],
): void {
  const { data, columns } = x;
  for (let k = 0; k < scores.length; k += 1) {
    let sum = 0;
    for (let c = 0; c < columns; c += 1) {
      sum += (data[row * columns + c] as number) * (coefficients[k * columns + c] as number);
    }
    scores[k] = sum + (intercepts[k] ?? 0);
  }
}
