import {
  type DType,
  type TreeEnsembleView,
  treeEnsemble,
  treeEnsembleClassifier,
  treeEnsembleRegressor,
} from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { doubles, realResult } from '../real-result.ts';
import { classLabels, putLabel } from './labels.ts';
import { NodeCache } from './node-cache.ts';
import { type Rows, rowsOf } from './rows.ts';
import { argMax, transformScores, twoScores } from './scores.ts';
import { floatsOf, namedTrees, placedTrees } from './tree-tables.ts';
import { leafOf, type Trees } from './trees.ts';

const domain = 'ai.onnx.ml';
const cache = new NodeCache<Trees>();

export const treeEnsembleRegressorKernel: Kernel = {
  domain,
  name: 'TreeEnsembleRegressor',
  run(inputs, ctx) {
    const view = treeEnsembleRegressor.view(ctx.op);
    const trees = cache.get(ctx, () => namedTrees(ctx, 'target'));
    const base = baseValues(ctx);
    if (base.length !== 0 && base.length !== view.targets) {
      throw ctx.op.invalid(`it has ${base.length} base values for ${view.targets} targets`);
    }
    return [regress(ctx, rowsOf(inputs, ctx), trees, view, base, 'float32')];
  },
};

export const treeEnsembleKernel: Kernel = {
  domain,
  name: 'TreeEnsemble',
  run(inputs, ctx) {
    const view = treeEnsemble.view(ctx.op);
    const trees = cache.get(ctx, () => placedTrees(ctx));
    const x = rowsOf(inputs, ctx);
    return [regress(ctx, x, trees, view, new Float64Array(0), x.array.dtype)];
  },
};

function regress(
  ctx: KernelContext,
  x: Rows,
  trees: Trees,
  view: TreeEnsembleView,
  base: Float64Array,
  dtype: DType,
): NdArray {
  const out = realResult(ctx, dtype, [x.rows, view.targets]);
  const scores = doubles(ctx, [view.targets]);
  for (let row = 0; row < x.rows; row += 1) {
    ctx.tick();
    aggregate(ctx, scores, trees, x, row, view.aggregate);
    for (let k = 0; k < base.length; k += 1) scores[k] = (scores[k] as number) + (base[k] as number);
    transformScores(scores, view.postTransform);
    out.values.set(scores, row * view.targets);
  }
  return out.done();
}

/** The leaves that a row reaches, made one number for each target; 0 for a target that no leaf names. */
function aggregate(
  ctx: KernelContext,
  scores: Float64Array,
  trees: Trees,
  x: Rows,
  row: number,
  how: TreeEnsembleView['aggregate'],
): void {
  const { starts, targets, weights, roots } = trees;
  const extreme = how === 'MIN' || how === 'MAX';
  scores.fill(extreme ? Number.NaN : 0);
  for (const root of roots) {
    const leaf = leafOf(ctx, trees, root, x.data, row, x.columns);
    for (let k = starts[leaf] as number; k < (starts[leaf + 1] as number); k += 1) {
      const target = targets[k] as number;
      const weight = weights[k] as number;
      if (!(target >= 0 && target < scores.length)) throw ctx.op.invalid(`there is no target ${target}`);
      const before = scores[target] as number;
      if (!extreme) scores[target] = before + weight;
      else if (Number.isNaN(before)) scores[target] = weight;
      else scores[target] = how === 'MIN' ? Math.min(before, weight) : Math.max(before, weight);
    }
  }
  for (let k = 0; k < scores.length; k += 1) {
    const score = scores[k] as number;
    if (extreme && Number.isNaN(score)) scores[k] = 0;
    else if (how === 'AVERAGE') scores[k] = score / roots.length;
  }
}

/** The label with the largest sum of weights. */
export const treeEnsembleClassifierKernel: Kernel = {
  domain,
  name: 'TreeEnsembleClassifier',
  run(inputs, ctx) {
    const x = rowsOf(inputs, ctx);
    const view = treeEnsembleClassifier.view(ctx.op);
    const trees = cache.get(ctx, () => namedTrees(ctx, 'class'));
    const labels = classLabels(ctx, 'classlabels_int64s');
    const base = baseValues(ctx);
    const only = base.length <= 1 && view.labels === 2 ? onlyTarget(trees) : undefined;
    if (base.length !== 0 && base.length !== view.labels && !(only === 0 && base.length === 1)) {
      throw ctx.op.invalid(`it has ${base.length} base values for ${view.labels} classes`);
    }
    // Weights of one class are probabilities, or signed scores when some are negative.
    const signed = trees.weights.some((w) => w < 0);
    const y = ctx.alloc(view.labelDtype, [x.rows]);
    const z = realResult(ctx, 'float32', [x.rows, view.labels]);
    const scores = new Float64Array(view.labels);
    for (let row = 0; row < x.rows; row += 1) {
      ctx.tick();
      aggregate(ctx, scores, trees, x, row, 'SUM');
      for (let k = 0; k < base.length; k += 1) scores[k] = (scores[k] as number) + (base[k] as number);
      const at = row * view.labels;
      if (only === undefined) {
        putLabel(ctx, y, row, labels, argMax(scores));
      } else {
        const score = scores[only] as number;
        putLabel(ctx, y, row, labels, score > (signed ? 0 : 0.5) ? 1 : 0);
        if (only === 0) {
          z.values.set(twoScores(ctx, score, view.postTransform, signed), at);
          continue;
        }
      }
      transformScores(scores, view.postTransform);
      z.values.set(scores, at);
    }
    return [y, z.done()];
  },
};

/** The class that all weights are for, if there is only one. With two labels its sum decides alone. */
function onlyTarget(trees: Trees): number | undefined {
  const first = trees.targets[0];
  return first !== undefined && trees.targets.every((t) => t === first) ? first : undefined;
}

function baseValues(ctx: KernelContext): Float64Array {
  const tensor = ctx.op.tensor('base_values_as_tensor');
  return tensor
    ? floatsOf(ctx, 'base_values_as_tensor', tensor)
    : Float64Array.from(ctx.op.floatsAttribute('base_values') ?? []);
}
