import type { Feeds } from '@refold/runtime';
import { errorsWithout, type Subject } from '../analyse/layer-errors.ts';
import { OutputErrors } from '../analyse/output-errors.ts';
import { minMax } from '../observers/min-max.ts';
import { mse } from '../observers/mse.ts';
import type { Observer } from '../observers/observer.ts';
import { percentile } from '../observers/percentile.ts';

/** A way to choose ranges, and what the outputs lose with it. */
export interface TriedObserver {
  readonly observer: string;
  /** Noise over signal of the worst output. */
  readonly noise: number;
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

/**
 * The way to choose ranges with which the outputs lose least, found by trying: what is best for a tensor alone need not
 * be best for what is made of it, since errors of rounding cancel in sums, and those of clipping do not. The model is as
 * before afterwards.
 */
export function measureObservers(subject: Subject, samples: readonly Feeds[]): MeasuredObserver {
  const outputs = new OutputErrors(subject.model, samples, subject.session);
  const tried = [minMax, ...clipping].map((observer) => {
    const options = { ...subject.options, observer };
    return { observer, noise: errorsWithout({ ...subject, options }, outputs, new Set()).noiseToSignal };
  });
  const price = ({ observer, noise }: (typeof tried)[number]): number =>
    observer === minMax ? noise * GAIN : noise;
  const best = tried.reduce((a, b) => (price(b) < price(a) ? b : a));
  return {
    observer: best.observer,
    tried: tried.map(({ observer, noise }) => ({ observer: observer.name, noise })),
  };
}
