import { RefoldError } from '@refold/ir';
import { quantile } from '../statistics/quantile.ts';
import { rangeOf } from '../statistics/range.ts';
import type { Observer } from './observer.ts';

/**
 * Leaves a share of `1 - p` at each end to saturation.
 * @throws RefoldError `usage/option` unless `p` is above 1/2 and at most 1.
 */
export function percentile(p = 0.9999): Observer {
  if (!(p > 0.5 && p <= 1)) throw new RefoldError('usage/option', `a percentile of ${p} is not in (0.5, 1]`);
  return {
    name: `percentile-${p}`,
    range(histogram) {
      const whole = rangeOf(histogram);
      if (p === 1) return whole;
      return {
        min: Math.max(whole.min, Math.min(0, quantile(histogram, 1 - p))),
        max: Math.min(whole.max, Math.max(0, quantile(histogram, p))),
      };
    },
  };
}
