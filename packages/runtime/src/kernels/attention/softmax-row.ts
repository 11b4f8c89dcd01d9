/**
 * Softmax of a row of `length` scores in place, the maximum taken out first. A row in which every score is
 * -Inf becomes zeros: no key takes part.
 */
export function softmaxRow(scores: Float64Array, at: number, length: number): void {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = at; i < at + length; i += 1) {
    const x = scores[i] as number;
    if (x > max || Number.isNaN(x)) max = x;
  }
  if (max === Number.NEGATIVE_INFINITY) {
    scores.fill(0, at, at + length);
    return;
  }
  let sum = 0;
  for (let i = at; i < at + length; i += 1) {
    const e = Math.exp((scores[i] as number) - max);
    scores[i] = e;
    sum += e;
  }
  for (let i = at; i < at + length; i += 1) scores[i] = (scores[i] as number) / sum;
}
