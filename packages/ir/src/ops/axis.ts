import type { OpContext } from './context.ts';

/** `axis` counted from the front. Throws when the rank does not have it. */
export function axisOf(ctx: OpContext, axis: number, rank: number, what = 'axis'): number {
  const at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank) throw ctx.invalid(`${what} ${axis} is out of range for rank ${rank}`);
  return at;
}
