/** A tensor seen as [outer, length, inner] around an axis, or around all axes from one on. */
export interface AxisLayout {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Splits dims around `axis`. With `toEnd` all axes from there on count as one. */
export function axisLayout(dims: readonly number[], axis: number, toEnd = false): AxisLayout {
  const size = (part: readonly number[]): number => part.reduce((a, b) => a * b, 1);
  const outer = size(dims.slice(0, axis));
  if (toEnd) return { outer, length: size(dims.slice(axis)), inner: 1 };
  return { outer, length: dims[axis] ?? 1, inner: size(dims.slice(axis + 1)) };
}
