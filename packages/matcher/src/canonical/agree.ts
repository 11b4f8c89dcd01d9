import { Value } from '@refold/ir';
import type { Captured } from '../pattern/pattern.ts';
import { congruent, sameConstant } from './congruent.ts';
import { ConstRef } from './const-ref.ts';

/** Whether two captures of one name hold the same. */
export function agree(a: Captured, b: Captured): boolean {
  if (a === b) return true;
  if (a instanceof Value && b instanceof Value) return congruent(a, b);
  if (a instanceof ConstRef && b instanceof ConstRef) return sameConstant(a.tensor, b.tensor);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((x, i) => agree(x, b[i]));
  }
  return false;
}
