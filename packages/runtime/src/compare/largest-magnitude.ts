/** The largest finite magnitude. */
export function largestMagnitude(values: ArrayLike<number>): number {
  let top = 0;
  for (let i = 0; i < values.length; i += 1) {
    const v = Math.abs(values[i] as number);
    if (v > top && v < Number.POSITIVE_INFINITY) top = v;
  }
  return top;
}
