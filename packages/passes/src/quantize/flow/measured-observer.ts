import { countErrors, type Subject } from '../analyse/count-errors.ts';
import type { OutputErrors } from '../analyse/output-errors.ts';
import { OutputSums } from '../analyse/output-sums.ts';
import { minMax } from '../observers/min-max.ts';
import { mse } from '../observers/mse.ts';
import type { Observer } from '../observers/observer.ts';
import { percentile } from '../observers/percentile.ts';
import { settle } from '../settle.ts';

/** A way to choose ranges, and what the outputs lose with it. */
export interface TriedObserver {
  readonly observer: string;
  /** Noise over signal of the worst output. */
  readonly noise: number;
  /** Samples on which it was tried: few, if they left no doubt. */
  readonly samples: number;
}

export interface MeasuredObserver {
  readonly observer: Observer;
  readonly tried: readonly TriedObserver[];
}

/** Those that clip, each of which is tried. */
const clipping: readonly Observer[] = [mse, percentile(0.9999), percentile(0.99999)];

/**
 * What clipping must leave of the noise to be taken. Numbers that no sample had are what clipping loses most of, so
 * that it looks better on the samples that ranges are chosen by than it is.
 */
const GAIN = 0.85;

/** After how many samples a way is asked again and again whether it is clearly worse than the best so far. */
const STRIDE = 8;

/** Standard errors by which the mean of differences must be above zero, so that it is no chance. */
const CLEARLY = 3;

interface Trial {
  readonly observer: Observer;
  readonly sums: OutputSums;
  /** What noise costs. */
  readonly price: number;
}

/**
 * The way to choose ranges with which the outputs lose least, found by trying: what is best for a tensor alone need not
 * be best for what is made of it, since errors of rounding cancel in sums, and those of clipping do not. A way is tried
 * until it is clearly worse than another on the same samples. The model is as before afterwards.
 */
export function measureObservers(subject: Subject, outputs: OutputErrors): MeasuredObserver {
  const { model, target, statistics, options } = subject;
  const trials: Trial[] = [];
  let best: Trial | undefined;
  for (const observer of [minMax, ...clipping]) {
    const trial = { observer, sums: new OutputSums(), price: observer === minMax ? GAIN : 1 };
    const { collected, classes } = settle(model, target, statistics, { ...options, observer });
    const rival = best;
    countErrors(subject, collected, classes, outputs, trial.sums, {
      isEnough: () => rival && isClearlyWorse(trial, rival),
    });
    trials.push(trial);
    if (trial.sums.samples.length < outputs.size) continue;
    if (!best || costOf(trial) < costOf(best)) best = trial;
  }
  return {
    observer: best?.observer ?? minMax,
    tried: trials.map(({ observer, sums }) => ({
      observer: observer.name,
      noise: sums.worst().noiseToSignal,
      samples: sums.samples.length,
    })),
  };
}

function costOf({ sums, price }: Trial): number {
  return sums.worst().noiseToSignal * price;
}

/** Whether one trial costs more than another on the same samples, by more than samples differ. */
function isClearlyWorse(trial: Trial, best: Trial): boolean {
  const { samples } = trial.sums;
  const count = samples.length;
  if (count % STRIDE !== 0) return false;
  const more = samples.map((noise, i) => noise * trial.price - (best.sums.samples[i] ?? 0) * best.price);
  const mean = more.reduce((a, b) => a + b, 0) / count;
  const variance = more.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (count - 1);
  return mean > CLEARLY * Math.sqrt(variance / count);
}
