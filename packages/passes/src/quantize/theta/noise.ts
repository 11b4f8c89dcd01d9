import { roundHalfEven } from '../../support/round-half-even.ts';
import type { Histogram } from '../statistics/histogram.ts';
import { rangeOfTheta, type Theta } from './theta.ts';

/** Sums of squares: what is lost of numbers, and what there was to lose. */
export interface Noise {
  readonly noise: number;
  readonly signal: number;
}

/**
 * What rounding and saturation to the codes of `theta` lose of the numbers of a histogram. Numbers are spread evenly in
 * each bin.
 */
export function noiseOf(histogram: Histogram, theta: Theta): Noise {
  const { min, max } = rangeOfTheta(theta);
  const { scale } = theta;
  const bins = histogram.packedBins();
  const { signal, noises } = foundIn(bins);
  const key = `${scale} ${min} ${max}`;
  let noise = noises.get(key);
  if (noise === undefined) {
    noise = 0;
    for (let i = 0; i < bins.length; i += 3) {
      const count = bins[i + 2] as number;
      noise += count * meanSquaredError(bins[i] as number, bins[i + 1] as number, min, max, scale);
    }
    noises.set(key, noise);
  }
  return { noise, signal };
}

/** What there is to lose. */
export function signalOf(histogram: Histogram): number {
  return foundIn(histogram.packedBins()).signal;
}

/** Noise over signal: 0 is perfect, 1 means that nothing is left. Numbers that are all 0 lose nothing. */
export function lossOf(histogram: Histogram, theta: Theta): number {
  const { noise, signal } = noiseOf(histogram, theta);
  return noise === 0 ? 0 : signal === 0 ? Number.POSITIVE_INFINITY : noise / signal;
}

/** Whether the numbers alone that `theta` clips make more noise than a limit; not all of them are looked at then. */
export function clipsMore(histogram: Histogram, theta: Theta, limit: number): boolean {
  const { min, max } = rangeOfTheta(theta);
  const bins = histogram.packedBins();
  let noise = 0;
  const exceeds = (i: number): boolean => {
    const count = bins[i + 2] as number;
    noise += count * meanSquaredError(bins[i] as number, bins[i + 1] as number, min, max, theta.scale);
    return noise > limit;
  };
  for (let i = bins.length - 3; i >= 0 && (bins[i + 1] as number) > max; i -= 3) if (exceeds(i)) return true;
  for (let i = 0; i < bins.length && (bins[i] as number) < min; i += 3) if (exceeds(i)) return true;
  return false;
}

/** What was found out of bins. */
interface Found {
  readonly signal: number;
  /** By scale and range: ways to choose scales ask the same of most values. */
  readonly noises: Map<string, number>;
}

const found = new WeakMap<Float64Array, Found>();

function foundIn(bins: Float64Array): Found {
  const known = found.get(bins);
  if (known) return known;
  let signal = 0;
  for (let i = 0; i < bins.length; i += 3) {
    const [low, high, count] = [bins[i] as number, bins[i + 1] as number, bins[i + 2] as number];
    // Numbers are spread evenly from low to high.
    signal += (count * (low * low + low * high + high * high)) / 3;
  }
  const fresh = { signal, noises: new Map() };
  found.set(bins, fresh);
  return fresh;
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
