import type { Histogram } from '../statistics/histogram.ts';
import { rangeOf, widthOf } from '../statistics/range.ts';
import type { Format } from '../theta/format.ts';
import { lossOf } from '../theta/noise.ts';
import { codeSpan, type Theta, thetaOf } from '../theta/theta.ts';

/** How much of a tensor a shared scale must leave. */
export interface Tolerance {
  /** Levels that the range of each tensor must have, if it has as many with a scale of its own. */
  readonly levels: number;
  /** A loss up to this is always borne. */
  readonly loss: number;
  /** A loss up to this many times that with a scale of its own is borne. */
  readonly ratio: number;
}

/**
 * What is borne where a target demands one scale: 16 levels, and 8 times the loss of a scale of its own. At a ratio of
 * ranges of 16, the noise of 8 bits was measured as 3 % of the signal, and grows with the square of the ratio.
 */
export const defaultTolerance: Tolerance = { levels: 16, loss: 1e-3, ratio: 8 };

/** What is borne for a preference: sharing makes things faster, and must not cost much. */
export const preferenceTolerance: Tolerance = { levels: 64, loss: 1e-5, ratio: 2 };

/** Levels of a scale that the range of a tensor has. */
export function levelsOf(histogram: Histogram, scale: number): number {
  return widthOf(rangeOf(histogram)) / scale;
}

const STEPS = 8;

/**
 * The coarsest scale that a tensor bears, as far as a search by halves finds it; infinite for a tensor of zeros.
 * Loss depends on the scale alone while nothing is clipped, since every scale has 0 exactly. That is why a class
 * needs to keep one number, the least of its members, to know whether it may grow.
 */
export function coarsestScale(histogram: Histogram, format: Format, tolerance: Tolerance): number {
  const range = rangeOf(histogram);
  if (widthOf(range) === 0) return Number.POSITIVE_INFINITY;
  const own = thetaOf(range, format);
  const allowed = Math.max(tolerance.loss, tolerance.ratio * lossOf(histogram, own));
  const levels = Math.min(tolerance.levels, levelsOf(histogram, own.scale));
  const bears = (scale: number): boolean =>
    levelsOf(histogram, scale) >= levels && lossOf(histogram, unclipped(own, scale)) <= allowed;
  let good = 0;
  let bad = Math.log2(codeSpan(format)) + 1;
  for (let i = 0; i < STEPS; i += 1) {
    const middle = (good + bad) / 2;
    if (bears(own.scale * 2 ** middle)) good = middle;
    else bad = middle;
  }
  return own.scale * 2 ** good;
}

/** The same codes on a coarser scale reach further; where zero lies does not matter, as long as nothing is clipped. */
function unclipped(own: Theta, scale: number): Theta {
  return { ...own, scale };
}
