import type { PostTransform } from '@refold/ir';
import { erfc } from '../../math/erf.ts';
import type { KernelContext } from '../kernel.ts';

/**
 * Turns the scores of one row into results, in place. The specification does not say what a transformation
 * of a single score is; as in ONNX Runtime, only PROBIT changes it.
 */
export function transformScores(scores: Float64Array, transform: PostTransform): void {
  if (transform === 'PROBIT') {
    for (let i = 0; i < scores.length; i += 1) scores[i] = probit(scores[i] as number);
  } else if (scores.length > 1) {
    if (transform === 'LOGISTIC')
      for (let i = 0; i < scores.length; i += 1) scores[i] = logistic(scores[i] as number);
    else if (transform === 'SOFTMAX') softmax(scores);
    else if (transform === 'SOFTMAX_ZERO') softmaxZero(scores);
  }
}

/**
 * Results of two classes from the score of the second one: the score of the first is `1 - score` where
 * scores are probabilities, `-score` where they are signed. LOGISTIC makes probabilities of either.
 */
export function twoScores(
  ctx: KernelContext,
  score: number,
  transform: PostTransform,
  signed: boolean,
): readonly [number, number] {
  if (transform === 'LOGISTIC') return [logistic(-score), logistic(score)];
  if (transform === 'PROBIT') throw ctx.op.invalid('PROBIT is not defined for two classes with one score');
  return [signed ? -score : 1 - score, score];
}

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function softmax(scores: Float64Array): void {
  const largest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let i = 0; i < scores.length; i += 1) {
    const e = Math.exp((scores[i] as number) - largest);
    scores[i] = e;
    sum += e;
  }
  for (let i = 0; i < scores.length; i += 1) scores[i] = (scores[i] as number) / sum;
}

/** Softmax that leaves scores of 0 at 0; nearer to it than this counts as 0. */
const ZERO = 1e-7;

function softmaxZero(scores: Float64Array): void {
  const largest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let i = 0; i < scores.length; i += 1) {
    const score = scores[i] as number;
    const e = Math.abs(score) > ZERO ? Math.exp(score - largest) : score * Math.exp(-largest);
    scores[i] = e;
    sum += e;
  }
  for (let i = 0; i < scores.length; i += 1) scores[i] = sum === 0 ? 0.5 : (scores[i] as number) / sum;
}

/** The number below which a standard normal variable falls with probability p; NaN outside [0, 1]. */
export function probit(p: number): number {
  if (!(p > 0 && p < 1))
    return p === 0 ? Number.NEGATIVE_INFINITY : p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (p > 0.5) return -probit(1 - p);
  // Winitzki's approximation, then steps of Halley's method until the last digits stand.
  const log = Math.log(4 * p * (1 - p));
  const v = 2 / (Math.PI * 0.147) + 0.5 * log;
  let z = -Math.SQRT2 * Math.sqrt(Math.max(0, -v + Math.sqrt(v * v - log / 0.147)));
  for (let k = 0; k < 3; k += 1) {
    const error = 0.5 * erfc(-z / Math.SQRT2) - p;
    const u = error * Math.sqrt(2 * Math.PI) * Math.exp(0.5 * z * z);
    if (!Number.isFinite(u)) break;
    z -= u / (1 + 0.5 * z * u);
  }
  return z;
}

/** Index of the largest score; of equal ones the first. */
export function argMax(scores: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < scores.length; i += 1) if ((scores[i] as number) > (scores[best] as number)) best = i;
  return best;
}
