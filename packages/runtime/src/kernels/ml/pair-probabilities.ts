import { logistic } from './scores.ts';

/** Probability of the first of two classes by Platt's sigmoid, kept off 0 and 1. */
export function pairProbability(score: number, a: number, b: number): number {
  return Math.min(Math.max(logistic(-(score * a + b)), 1e-7), 1 - 1e-7);
}

/**
 * Class probabilities that fit those of all pairs best, by the second method of Wu, Lin and Weng ("Probability
 * estimates for multi-class classification by pairwise coupling", 2004). The iteration stops early, so its
 * bound is part of what the result is.
 *
 * @param pairs probability of i against j for i < j, row by row
 */
export function coupleProbabilities(classes: number, pairs: Float64Array): Float64Array {
  const q = quadraticForm(classes, pairs);
  const p = new Float64Array(classes).fill(1 / classes);
  const qp = new Float64Array(classes);
  const bound = 0.005 / classes;
  for (let round = 0; round < Math.max(100, classes); round += 1) {
    let pqp = 0;
    for (let t = 0; t < classes; t += 1) {
      let sum = 0;
      for (let j = 0; j < classes; j += 1) sum += (q[t * classes + j] as number) * (p[j] as number);
      qp[t] = sum;
      pqp += (p[t] as number) * sum;
    }
    let error = 0;
    for (let t = 0; t < classes; t += 1) error = Math.max(error, Math.abs((qp[t] as number) - pqp));
    if (error < bound) break;
    for (let t = 0; t < classes; t += 1) {
      const diagonal = q[t * classes + t] as number;
      const step = (pqp - (qp[t] as number)) / diagonal;
      p[t] = (p[t] as number) + step;
      pqp = (pqp + step * (step * diagonal + 2 * (qp[t] as number))) / (1 + step) ** 2;
      for (let j = 0; j < classes; j += 1) {
        qp[j] = ((qp[j] as number) + step * (q[t * classes + j] as number)) / (1 + step);
        p[j] = (p[j] as number) / (1 + step);
      }
    }
  }
  return p;
}

/** Q with Q[t][t] = Σ r[j][t]² and Q[t][j] = -r[j][t] r[t][j]. */
function quadraticForm(classes: number, pairs: Float64Array): Float64Array {
  const r = new Float64Array(classes * classes);
  let k = 0;
  for (let i = 0; i < classes; i += 1) {
    for (let j = i + 1; j < classes; j += 1, k += 1) {
      r[i * classes + j] = pairs[k] as number;
      r[j * classes + i] = 1 - (pairs[k] as number);
    }
  }
  const q = new Float64Array(classes * classes);
  for (let t = 0; t < classes; t += 1) {
    let sum = 0;
    for (let j = 0; j < classes; j += 1) {
      if (j === t) continue;
      const against = r[j * classes + t] as number;
      sum += against * against;
      q[t * classes + j] = -against * (r[t * classes + j] as number);
    }
    q[t * classes + t] = sum;
  }
  return q;
}
