import type { EinsumLabel } from '@refold/ir';
import { strides } from '../../tensor/strides.ts';

/** A tensor of doubles with labelled axes, each label once; axes need not be in memory order. */
export interface Labelled {
  readonly labels: readonly EinsumLabel[];
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * Labels a dense operand. Axes of one label are walked together (their diagonal), and axes of size 1 that the
 * label repeats are left out.
 */
export function labelled(
  data: ArrayLike<number>,
  dims: readonly number[],
  axisLabels: readonly EinsumLabel[],
  sizes: ReadonlyMap<EinsumLabel, number>,
): Labelled {
  const own = strides(dims);
  const steps = new Map<EinsumLabel, number>();
  for (const [axis, label] of axisLabels.entries()) {
    if (dims[axis] === 1 && sizes.get(label) !== 1) continue;
    steps.set(label, (steps.get(label) ?? 0) + (own[axis] ?? 0));
  }
  const labels = [...steps.keys()];
  return { labels, sizes: labels.map((l) => sizes.get(l) ?? 1), strides: [...steps.values()], data };
}

/** Copies the elements in the order of `order`, whose labels must be among those of the operand, row-major. */
export function gather(
  from: Labelled,
  order: readonly EinsumLabel[],
  out: Float32Array | Float64Array,
): void {
  const places = order.map((label) => from.labels.indexOf(label));
  const sizes = places.map((p) => from.sizes[p] ?? 1);
  const steps = places.map((p) => from.strides[p] ?? 0);
  const inner = sizes.at(-1) ?? 1;
  const step = steps.at(-1) ?? 0;
  const index = sizes.map(() => 0);
  let start = 0;
  for (let at = 0; at < out.length; at += inner) {
    for (let i = 0, p = start; i < inner; i += 1, p += step) out[at + i] = from.data[p] as number;
    for (let axis = sizes.length - 2; axis >= 0; axis -= 1) {
      const next = (index[axis] ?? 0) + 1;
      const wraps = next === sizes[axis];
      index[axis] = wraps ? 0 : next;
      start += wraps ? -(steps[axis] ?? 0) * (next - 1) : (steps[axis] ?? 0);
      if (!wraps) break;
    }
  }
}

/** A dense tensor whose axes are in memory order. */
export function dense(
  labels: readonly EinsumLabel[],
  sizes: ReadonlyMap<EinsumLabel, number>,
  data: ArrayLike<number>,
): Labelled {
  const dims = labels.map((l) => sizes.get(l) ?? 1);
  return { labels, sizes: dims, strides: strides(dims), data };
}
