import type { OpContext } from './context.ts';

/** `axis` counted from the front. Throws when the rank does not have it. */
export function axisOf(ctx: OpContext, axis: number, rank: number, what = 'axis'): number {
  const at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank) throw ctx.invalid(`${what} ${axis} is out of range for rank ${rank}`);
  return at;
}

/** `axis` counted from the front where the rank is known, as it is given elsewhere. */
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
