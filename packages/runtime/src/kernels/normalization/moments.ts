import type { Reals } from '../../tensor/reals.ts';

/** Mean of `count` elements from `at` on, `step` apart, added up in memory order. */
export function meanOf(data: Reals, at: number, count: number, step = 1): number {
  let sum = 0;
  for (let i = 0, from = at; i < count; i += 1, from += step) sum += data[from] as number;
  return sum / count;
}

/** Population variance around a mean. Taking the mean away first keeps what E[x²] - E[x]² would lose. */
export function varianceOf(data: Reals, at: number, count: number, mean: number, step = 1): number {
  let sum = 0;
  for (let i = 0, from = at; i < count; i += 1, from += step) {
    const d = (data[from] as number) - mean;
    sum += d * d;
  }
  return sum / count;
}
