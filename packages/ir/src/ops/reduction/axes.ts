import { axisOf } from '../axis.ts';
import type { OpContext } from '../context.ts';

/** An axis counted from the front; a negative one is kept as it is while the rank is not known. */
export function normalAxis(ctx: OpContext, axis: number, rank: number | undefined): number {
  return rank === undefined ? axis : axisOf(ctx, axis, rank);
}

/** Axes as an ascending set; negative ones stay as they are while the rank is not known. */
export function normalAxes(
  ctx: OpContext,
  axes: readonly number[],
  rank: number | undefined,
): readonly number[] {
  const set = new Set<number>();
  for (const axis of axes) set.add(normalAxis(ctx, axis, rank));
  return [...set].sort((a, b) => a - b);
}
