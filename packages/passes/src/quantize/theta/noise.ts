import type { Histogram } from '../statistics/histogram.ts';
import { rangeOfTheta, roundHalfEven, type Theta } from './theta.ts';

/**
 * What rounding and saturation to the codes of `theta` lose of the numbers of a histogram, and what there was to
 * lose: sums of squares. Numbers are spread evenly in each bin.
 */
export interface Noise {
  readonly noise: number;
  readonly signal: number;
}

export function noiseOf(histogram: Histogram, theta: Theta): Noise {
  const { min, max } = rangeOfTheta(theta);
  const { scale } = theta;
  let noise = 0;
  let signal = 0;
  for (const { low, high, count } of histogram.bins()) {
    noise += count * meanSquaredError(low, high, min, max, scale);
    signal += squaresOf(low, high, count);
  }
  return { noise, signal };
}

/** What there is to lose. */
export function signalOf(histogram: Histogram): number {
  return histogram.bins().reduce((sum, { low, high, count }) => sum + squaresOf(low, high, count), 0);
}

/** The sum of squares of `count` numbers from `low` to `high`. */
function squaresOf(low: number, high: number, count: number): number {
  return (count * (low * low + low * high + high * high)) / 3;
}

/** Noise over signal: 0 is perfect, 1 means that nothing is left. Numbers that are all 0 lose nothing. */
export function lossOf(histogram: Histogram, theta: Theta): number {
  const { noise, signal } = noiseOf(histogram, theta);
  return noise === 0 ? 0 : signal === 0 ? Number.POSITIVE_INFINITY : noise / signal;
}

/** Mean of (x - rounded x)^2 over x from `low` to `high`, where codes reach from `min` to `max`. */
function meanSquaredError(low: number, high: number, min: number, max: number, scale: number): number {
  if (low === high) {
    const rounded = Math.min(max, Math.max(min, roundHalfEven(low / scale) * scale));
    return (low - rounded) ** 2;
  }
  // Inside, the error is a saw tooth; outside, the distance to the last code.
  const from = Math.min(Math.max(low, min), max);
  const to = Math.min(Math.max(high, min), max);
  const inside = scale ** 3 * (toothIntegral(to / scale) - toothIntegral(from / scale));
  const under = low < min ? (cubed(Math.min(high, min) - min) - cubed(low - min)) / 3 : 0;
  const over = high > max ? (cubed(high - max) - cubed(Math.max(low, max) - max)) / 3 : 0;
  return Math.max(0, inside + under + over) / (high - low);
}

/** Integral of (u - round(u))^2 from 0 to u. */
function toothIntegral(u: number): number {
  const whole = Math.round(u);
  return whole / 12 + cubed(u - whole) / 3;
}

function cubed(x: number): number {
  return x * x * x;
}
