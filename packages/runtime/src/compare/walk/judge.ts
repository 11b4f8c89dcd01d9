import { isFloat } from '@refold/ir';
import type { NdValue } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { addErrors, type Errors } from '../bounds/errors.ts';
import { compareValues, type Difference } from '../compare-values.ts';
import { type Tolerance, toleranceOf } from '../tolerance.ts';
import type { Wanted } from './wanted-run.ts';

/** How a pair of values compares. */
export type Verdict =
  | { readonly kind: 'equal' }
  /** They differ, but by no more than `share` of what they may; which is proven if all errors are known. */
  | { readonly kind: 'within'; readonly share: number; readonly isProven: boolean }
  | { readonly kind: 'over'; readonly difference: Difference; readonly gross: boolean };

/** Nothing but equality will do. */
export const EXACT: Tolerance = { share: 0, relative: 0 };

/** What no rounding explains. */
const GROSS: Tolerance = { share: 0.01, relative: 0.01 };

/**
 * Compares a value with the one it should be: within the errors of both, or within `tolerance` if one is
 * given; where nothing is known of the errors, within the tolerance of its type.
 */
export function judge(
  want: Wanted,
  got: NdValue,
  errors: () => Errors,
  tolerance: Tolerance | undefined,
): Verdict {
  const exact = compareValues(want.content, got, EXACT);
  if (!exact) return { kind: 'equal' };
  if (exact.kind !== 'value') return { kind: 'over', difference: exact, gross: true };
  const bound = tolerance ?? boundOf(want.content, addErrors(want.errors(), errors()));
  const difference = compareValues(want.content, got, bound);
  if (difference) {
    return { kind: 'over', difference, gross: compareValues(want.content, got, GROSS) !== undefined };
  }
  return {
    kind: 'within',
    share: shareOf(want.content, got, bound.elements),
    isProven: bound.elements?.every(Number.isFinite) ?? false,
  };
}

function boundOf(want: NdValue, errors: Errors): Tolerance {
  if (errors === 'none') return EXACT;
  if (errors !== 'unknown') return { ...EXACT, elements: errors };
  return toleranceOf(want.kind === 'tensor' && isFloat(want.dtype) ? want.dtype : undefined);
}

/** The largest share of its bound that the distance of two elements comes to. */
function shareOf(want: NdValue, got: NdValue, bounds: Float64Array | undefined): number {
  if (want.kind !== 'tensor' || got.kind !== 'tensor' || !bounds || !isFloat(want.dtype)) return 0;
  const a = reals(want);
  const b = reals(got);
  let most = 0;
  for (let i = 0; i < a.length; i += 1) {
    const share = Math.abs((a[i] as number) - (b[i] as number)) / (bounds[i] as number);
    if (share > most && share <= 1) most = share;
  }
  return most;
}
