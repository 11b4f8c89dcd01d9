import { Editor, type Model } from '@refold/ir';
import type { Feeds } from '@refold/runtime';
import { ChannelMaxima } from '../statistics/channel-maxima.ts';
import { migratableValues, migrateOutliers } from './migrate.ts';

/** Samples that are looked at, at most: factors need no more than the order of magnitude. */
const MOST_SAMPLES = 32;

export interface Migrated {
  /** Normalizations whose outliers went into weights. */
  readonly layers: number;
  /** All samples, those that were looked at among them. */
  readonly samples: AsyncIterable<Feeds>;
}

/**
 * Outlier migration by the first few samples, in place: see `migrateOutliers`. Samples are read once; what was looked at
 * is held until it is read again. Types must have been inferred.
 */
export async function migrateBySamples(
  model: Model,
  samples: Iterable<Feeds> | AsyncIterable<Feeds>,
  limit: number,
  tick: () => void,
): Promise<Migrated> {
  const maxima = new ChannelMaxima(model, migratableValues(model));
  const rest = iteratorOf(samples);
  const first: Feeds[] = [];
  const most = Math.min(MOST_SAMPLES, limit);
  while (first.length < most) {
    const { done, value } = await rest.next();
    if (done) break;
    tick();
    maxima.add(value);
    first.push(value);
  }
  const { layers } = migrateOutliers(new Editor(model), maxima.maxima);
  return { layers, samples: chained(first, rest) };
}

function iteratorOf(samples: Iterable<Feeds> | AsyncIterable<Feeds>): Iterator<Feeds> | AsyncIterator<Feeds> {
  return Symbol.asyncIterator in samples ? samples[Symbol.asyncIterator]() : samples[Symbol.iterator]();
}

async function* chained(first: Feeds[], rest: Iterator<Feeds> | AsyncIterator<Feeds>): AsyncGenerator<Feeds> {
  try {
    for (let feeds = first.shift(); feeds; feeds = first.shift()) yield feeds;
    for (;;) {
      const { done, value } = await rest.next();
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever stops early lets go of files.
    await rest.return?.();
  }
}
