import { decodeModel, Editor, encodeModel, inferModel, type Model } from '@refold/ir';
import type { Feeds } from '@refold/runtime';
import type { Statistics } from '../classes/form-classes.ts';
import { collectConstraints } from '../constraints/collect.ts';
import { emitQdq } from '../emit/emit.ts';
import { minMax } from '../observers/min-max.ts';
import { mse } from '../observers/mse.ts';
import type { Observer } from '../observers/observer.ts';
import { percentile } from '../observers/percentile.ts';
import { classesFor, type QuantizeOptions } from '../quantize.ts';
import type { Target } from '../targets/target.ts';
import { OutputNoise } from './output-noise.ts';

/** A way to choose ranges, and what the outputs lose with it. */
export interface TriedObserver {
  readonly observer: string;
  /** Noise over signal of the outputs. */
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
 * be best for what is made of it, since errors of rounding cancel in sums, and those of clipping do not.
 */
export function measureObservers(
  model: Model,
  target: Target,
  statistics: Statistics,
  samples: readonly Feeds[],
  options: QuantizeOptions & { readonly tier: 'reference' | 'fast' },
): MeasuredObserver {
  const float = new OutputNoise(model, samples, { tier: options.tier });
  const bytes = encodeModel(model);
  const tried: { readonly observer: Observer; readonly noise: number }[] = [];
  for (const observer of [minMax, ...clipping]) {
    const copy = decodeModel(bytes);
    const editor = new Editor(copy);
    inferModel(editor);
    const collected = collectConstraints(copy, target, options);
    emitQdq(editor, collected, classesFor(collected, target, statistics, { ...options, observer }));
    tried.push({ observer, noise: float.of(copy) });
  }
  const price = ({ observer, noise }: (typeof tried)[number]): number =>
    observer === minMax ? noise * GAIN : noise;
  const best = tried.reduce((a, b) => (price(b) < price(a) ? b : a));
  return {
    observer: best.observer,
    tried: tried.map(({ observer, noise }) => ({ observer: observer.name, noise })),
  };
}
