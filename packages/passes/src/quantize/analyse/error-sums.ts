/** How far numbers are from what they should be. */
export interface ErrorMetrics {
  /** Sum of squared errors over sum of squares: 0 is perfect, 1 means that nothing is left. */
  readonly noiseToSignal: number;
  /** The same of the worst sample. */
  readonly worst: number;
  /** -10 log10 of `noiseToSignal`. */
  readonly decibels: number;
  readonly cosine: number;
  readonly meanSquared: number;
  readonly maxAbs: number;
}

/** Sums from which metrics are made. They add up over samples and parts. */
export class ErrorSums {
  private noise = 0;
  private signal = 0;
  private other = 0;
  private product = 0;
  private max = 0;
  private count = 0;
  private worst = 0;

  /** Counts elements from `from` to `to`, as one sample. */
  add(exact: ArrayLike<number>, other: ArrayLike<number>, from = 0, to: number = exact.length): void {
    let [noise, signal, squares, product, max] = [0, 0, 0, 0, this.max];
    for (let i = from; i < to; i += 1) {
      const x = exact[i] as number;
      const y = other[i] as number;
      // Equal infinities are no error; a NaN or another infinity is one that no number says.
      const d = x === y ? 0 : Math.abs(x - y);
      noise += d * d;
      signal += x * x;
      squares += y * y;
      product += x * y;
      if (!(d <= max)) max = d;
    }
    this.noise += noise;
    this.signal += signal;
    this.other += squares;
    this.product += product;
    this.max = max;
    this.count += to - from;
    this.worst = Math.max(this.worst, ratio(noise, signal));
  }

  /** Adds what others counted. */
  include(part: ErrorSums): void {
    this.noise += part.noise;
    this.signal += part.signal;
    this.other += part.other;
    this.product += part.product;
    this.max = Math.max(this.max, part.max);
    this.count += part.count;
    this.worst = Math.max(this.worst, part.worst);
  }

  metrics(): ErrorMetrics {
    const noiseToSignal = ratio(this.noise, this.signal);
    const lengths = Math.sqrt(this.signal) * Math.sqrt(this.other);
    return {
      noiseToSignal,
      worst: this.worst,
      decibels: -10 * Math.log10(noiseToSignal),
      cosine: this.noise === 0 ? 1 : lengths > 0 ? this.product / lengths : 0,
      meanSquared: this.count > 0 ? this.noise / this.count : 0,
      maxAbs: this.max,
    };
  }
}

/** Noise where there is no signal is infinite, as no scale says how bad it is; so is that of NaN. */
function ratio(noise: number, signal: number): number {
  if (noise === 0) return 0;
  const found = noise / signal;
  return Number.isNaN(found) ? Number.POSITIVE_INFINITY : found;
}

/** The order of lists from the largest noise over signal down. */
export function byNoise(
  a: { readonly noiseToSignal: number },
  b: { readonly noiseToSignal: number },
): number {
  return a.noiseToSignal === b.noiseToSignal ? 0 : b.noiseToSignal - a.noiseToSignal;
}
