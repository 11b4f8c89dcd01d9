/**
 * How many scales a tensor has, from finest to coarsest: what nobody asked for, blocks along an axis, one for each
 * index of an axis, one for the tensor.
 */
export type Grain =
  | { readonly kind: 'any' }
  | { readonly kind: 'block'; readonly axis: number; readonly size: number }
  | { readonly kind: 'axis'; readonly axis: number }
  | { readonly kind: 'tensor' };

/** The finest that is no finer than either; blocks and indices of an axis have only whole tensors in common. */
export function joinGrains(a: Grain, b: Grain): Grain {
  if (a.kind === 'any') return b;
  if (b.kind === 'any') return a;
  if (a.kind === 'axis' && b.kind === 'axis' && a.axis === b.axis) return a;
  if (a.kind === 'block' && b.kind === 'block' && a.axis === b.axis) {
    return { kind: 'block', axis: a.axis, size: leastCommonMultiple(a.size, b.size) };
  }
  return { kind: 'tensor' };
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
