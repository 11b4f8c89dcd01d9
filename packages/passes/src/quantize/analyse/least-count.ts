/** How many of a list it takes, and what is left to measure with so many. */
export interface LeastCount {
  readonly count: number;
  readonly measure: number;
}

/**
 * The least count, found by halves, of which the measure is within a budget, or all where not even they are enough. The
 * measure should fall as the count grows; where it does not, the answer is enough, but need not be the least.
 * @param none the measure of 0, where it is known.
 */
export function leastCount(
  all: number,
  budget: number,
  measure: (count: number) => number,
  none: number = measure(0),
): LeastCount {
  if (none <= budget || all === 0) return { count: 0, measure: none };
  let few = 0;
  let many = all;
  let found = measure(many);
  // `few` is not enough; `many` is, or it is all there are.
  while (many - few > 1 && found <= budget) {
    const middle = Math.floor((few + many) / 2);
    const error = measure(middle);
    if (error <= budget) {
      many = middle;
      found = error;
    } else few = middle;
  }
  return { count: many, measure: found };
}
