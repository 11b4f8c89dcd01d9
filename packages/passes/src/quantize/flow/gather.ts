import { type Model, RefoldError, type Value } from '@refold/ir';
import type { Feeds, Session, SessionOptions } from '@refold/runtime';
import { bytesOf, copyFeeds } from '../feeds.ts';
import { Calibration } from '../statistics/calibration.ts';
import { mergeStatistics, type SavedStatistics } from '../statistics/saved-statistics.ts';
import { OddSamples } from './check-sample.ts';
import type { SampleOptions } from './options.ts';
import { Reservoir, type ReservoirLimits } from './reservoir.ts';

/** Samples on which choices are tried, at most, and bytes that they and their outputs may take. */
const KEPT: ReservoirLimits = { samples: 32, bytes: 2 ** 26 };

/** What was seen of all samples, and some of them. */
export interface Gathered {
  readonly statistics: SavedStatistics;
  readonly kept: readonly Feeds[];
  /** What ran the model. */
  readonly session: Session;
}

/**
 * Runs a model on samples, one after the other, and counts the numbers of some of its values. A sample is done with before
 * the next one is asked for, and those that are kept are copies.
 */
export async function gather(
  model: Model,
  values: ReadonlyMap<string, Value>,
  options: SampleOptions,
  sessionOptions: SessionOptions,
  tick: () => void,
): Promise<Gathered> {
  const { samples = [], statistics: earlier, limit = Number.POSITIVE_INFINITY, onProgress } = options;
  if (earlier) requireSameValues(earlier, values);
  const calibration = new Calibration(model, values, sessionOptions);
  const odd = new OddSamples();
  const kept = new Reservoir<Feeds>(KEPT, copyFeeds);
  let count = 0;
  if (limit > 0) {
    for await (const feeds of samples) {
      tick();
      if (odd.isFinite(feeds, count)) kept.offer(feeds, bytesOf(feeds) + bytesOf(calibration.add(feeds)));
      count += 1;
      onProgress?.({ stage: 'calibrate', samples: count });
      if (count >= limit) break;
    }
  }
  odd.refuse(count);
  const seen = { samples: count, values: calibration.statistics() };
  const all = earlier ? mergeStatistics(earlier, seen) : seen;
  if (all.samples === 0) {
    throw new RefoldError('usage/data', 'there are no samples to calibrate with');
  }
  return { statistics: all, kept: kept.samples, session: calibration.session };
}

function requireSameValues(earlier: SavedStatistics, values: ReadonlyMap<string, Value>): void {
  for (const key of earlier.values.keys()) {
    if (values.has(key)) continue;
    const hint = 'count the samples anew';
    throw new RefoldError(
      'usage/data',
      `the statistics are of another model: it has no value '${key}'`,
      {},
      hint,
    );
  }
}
