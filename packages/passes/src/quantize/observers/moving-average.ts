import type { Range } from '../statistics/range.ts';

/**
 * The moving average of the extremes of batches. It depends on the order of the batches and cannot be merged;
 * it is here for results that agree with tools which choose ranges so. Infinite and NaN extremes are not counted.
 */
export class MovingAverage {
  private readonly weight: number;
  private average: Range | undefined;

  /** @param weight what the newest batch weighs, between 0 and 1. */
  constructor(weight = 0.01) {
    this.weight = weight;
  }

  observe(batch: Range): void {
    if (!Number.isFinite(batch.min) || !Number.isFinite(batch.max)) return;
    const { min, max } = this.average ?? batch;
    this.average = {
      min: min + (batch.min - min) * this.weight,
      max: max + (batch.max - max) * this.weight,
    };
  }

  /** The averages so far, widened to hold 0. */
  get range(): Range {
    return { min: Math.min(0, this.average?.min ?? 0), max: Math.max(0, this.average?.max ?? 0) };
  }
}
