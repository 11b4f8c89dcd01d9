import { type SvmKernelView, svmClassifier, svmRegressor } from '@refold/ir';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realResult } from '../real-result.ts';
import { classLabels, putLabel } from './labels.ts';
import { NodeCache } from './node-cache.ts';
import { coupleProbabilities, pairProbability } from './pair-probabilities.ts';
import { type Rows, rowsOf } from './rows.ts';
import { argMax, transformScores, twoScores } from './scores.ts';

const domain = 'ai.onnx.ml';

/** The long lists of a support vector machine, as typed arrays. */
interface Machine {
  readonly coefficients: Float64Array;
  readonly vectors: Float64Array;
  readonly rho: Float64Array;
  readonly probA: Float64Array;
  readonly probB: Float64Array;
}

const machines = new NodeCache<Machine>();

function machineOf(ctx: KernelContext): Machine {
  const list = (name: string): Float64Array => Float64Array.from(ctx.op.floatsAttribute(name) ?? []);
  return machines.get(ctx, () => ({
    coefficients: list('coefficients'),
    vectors: list('support_vectors'),
    rho: list('rho'),
    probA: list('prob_a'),
    probB: list('prob_b'),
  }));
}

/** A weighted sum of kernel values; without support vectors a linear function. */
export const svmRegressorKernel: Kernel = {
  domain,
  name: 'SVMRegressor',
  run(inputs, ctx) {
    const x = rowsOf(inputs, ctx);
    const view = svmRegressor.view(ctx.op);
    const machine = machineOf(ctx);
    const count = view.supports;
    const kernel: SvmKernelView = count > 0 ? view : { ...view, kernel: 'LINEAR' };
    const vectors = count > 0 ? machine.vectors : machine.coefficients;
    check(
      ctx,
      count < 0 || vectors.length === Math.max(count, 1) * x.columns,
      'support_vectors',
      vectors.length,
    );
    check(
      ctx,
      count <= 0 || machine.coefficients.length === count,
      'coefficients',
      machine.coefficients.length,
    );
    const out = realResult(ctx, 'float32', [x.rows, 1]);
    const score = new Float64Array(1);
    for (let row = 0; row < x.rows; row += 1) {
      ctx.tick();
      let sum = machine.rho[0] ?? 0;
      for (let k = 0; k < Math.max(count, 1); k += 1) {
        const weight = count > 0 ? (machine.coefficients[k] as number) : 1;
        sum += weight * compare(kernel, x, row, vectors, k * x.columns);
      }
      score[0] = view.oneClass ? (sum > 0 ? 1 : -1) : sum;
      transformScores(score, view.postTransform);
      out.values.set(score, row);
    }
    return [out.done()];
  },
};

/** Each pair of classes has a function whose sign votes for one of them; most votes give the label. */
export const svmClassifierKernel: Kernel = {
  domain,
  name: 'SVMClassifier',
  run(inputs, ctx) {
    const x = rowsOf(inputs, ctx);
    const view = svmClassifier.view(ctx.op);
    const machine = machineOf(ctx);
    const labels = classLabels(ctx, 'classlabels_ints');
    const decide = view.vectorsPerClass.length > 0 ? pairwise(ctx, x, machine) : onePerClass(ctx, x, machine);
    const y = ctx.alloc(view.labelDtype, [x.rows]);
    const z = realResult(ctx, 'float32', [x.rows, view.scores]);
    for (let row = 0; row < x.rows; row += 1) {
      ctx.tick();
      const { best, scores } = decide(row);
      putLabel(ctx, y, row, labels, best);
      if (scores.length === 1 && view.scores === 2) {
        const signed = view.postTransform === 'NONE';
        z.values.set(twoScores(ctx, scores[0] ?? 0, view.postTransform, signed), row * 2);
      } else {
        transformScores(scores, view.postTransform);
        z.values.set(scores, row * view.scores);
      }
    }
    return [y, z.done()];
  },
};

/** The class that a row belongs to, and its scores before any transformation. */
type Decision = (row: number) => { readonly best: number; readonly scores: Float64Array };

/** Without support vectors there is a linear function for each class. */
function onePerClass(ctx: KernelContext, x: Rows, machine: Machine): Decision {
  const view = svmClassifier.view(ctx.op);
  check(
    ctx,
    machine.coefficients.length === view.classes * x.columns,
    'coefficients',
    machine.coefficients.length,
  );
  const kernel: SvmKernelView = { ...view, kernel: 'LINEAR' };
  return (row) => {
    const scores = new Float64Array(view.classes);
    for (let k = 0; k < view.classes; k += 1) {
      scores[k] = (machine.rho[0] ?? 0) + compare(kernel, x, row, machine.coefficients, k * x.columns);
    }
    return { best: argMax(scores), scores };
  };
}

function pairwise(ctx: KernelContext, x: Rows, machine: Machine): Decision {
  const view = svmClassifier.view(ctx.op);
  const { classes, vectorsPerClass } = view;
  const starts: number[] = [];
  let count = 0;
  for (const n of vectorsPerClass) {
    check(ctx, n >= 0, 'vectors_per_class', n);
    starts.push(count);
    count += n;
  }
  const pairs = (classes * (classes - 1)) / 2;
  check(ctx, machine.vectors.length === count * x.columns, 'support_vectors', machine.vectors.length);
  check(
    ctx,
    machine.coefficients.length === count * (classes - 1),
    'coefficients',
    machine.coefficients.length,
  );
  check(ctx, machine.rho.length === pairs, 'rho', machine.rho.length);
  check(ctx, !view.probabilities || machine.probA.length === pairs, 'prob_a', machine.probA.length);
  check(ctx, !view.probabilities || machine.probB.length === pairs, 'prob_b', machine.probB.length);
  const values = new Float64Array(count);

  /** Sum over the support vectors of a class, with the coefficients in one row of their table. */
  const weighted = (coefficientRow: number, of: number): number => {
    const start = starts[of] ?? 0;
    const end = start + (vectorsPerClass[of] ?? 0);
    let sum = 0;
    for (let k = start; k < end; k += 1) {
      sum += (machine.coefficients[coefficientRow * count + k] as number) * (values[k] as number);
    }
    return sum;
  };

  return (row) => {
    for (let k = 0; k < count; k += 1) values[k] = compare(view, x, row, machine.vectors, k * x.columns);
    const scores = new Float64Array(pairs);
    const votes = new Float64Array(classes);
    let pair = 0;
    for (let i = 0; i < classes; i += 1) {
      for (let j = i + 1; j < classes; j += 1, pair += 1) {
        const score = (machine.rho[pair] as number) + weighted(j - 1, i) + weighted(i, j);
        scores[pair] = score;
        const winner = score > 0 ? i : j;
        votes[winner] = (votes[winner] as number) + 1;
      }
    }
    const best = argMax(votes);
    if (!view.probabilities) return { best, scores };
    const probabilities = scores.map((s, k) =>
      pairProbability(s, machine.probA[k] as number, machine.probB[k] as number),
    );
    return { best, scores: coupleProbabilities(classes, probabilities) };
  };
}

/** How alike a row of X is to a vector, by the kernel of the machine. */
function compare(view: SvmKernelView, x: Rows, row: number, vectors: Float64Array, at: number): number {
  const { data, columns } = x;
  const from = row * columns;
  let sum = 0;
  if (view.kernel === 'RBF') {
    for (let c = 0; c < columns; c += 1) {
      const d = (data[from + c] as number) - (vectors[at + c] as number);
      sum += d * d;
    }
    return Math.exp(-view.gamma * sum);
  }
  for (let c = 0; c < columns; c += 1) sum += (data[from + c] as number) * (vectors[at + c] as number);
  if (view.kernel === 'LINEAR') return sum;
  const scaled = view.gamma * sum + view.coef0;
  return view.kernel === 'POLY' ? scaled ** view.degree : Math.tanh(scaled);
}

function check(ctx: KernelContext, holds: boolean, name: string, found: number): void {
  if (!holds) throw ctx.op.invalid(`${name} does not fit the other attributes and X (${found})`);
}
