import type { Value } from '@refold/ir';
import type { Builder, Query } from '@refold/matcher';

/** Parts of given sizes along an axis, in the form of the opset: an attribute up to 12, an operand from 13 on. */
export function splitInto(
  x: Value,
  sizes: readonly number[],
  axis: number,
  b: Builder,
  q: Query,
): readonly Value[] {
  return q.opset < 13
    ? b.nodeN('Split', sizes.length, [x], { axis, split: sizes })
    : b.nodeN('Split', sizes.length, [x, b.ints(sizes, 'split')], { axis });
}
