import { type Model, RefoldError, type Value } from '@refold/ir';
import type { Feeds, NdValue, SessionOptions } from '@refold/runtime';
import { Calibration } from '../statistics/calibration.ts';
import { mergeStatistics, type SavedStatistics } from '../statistics/saved-statistics.ts';
import { OddSamples } from './check-sample.ts';
import type { SampleOptions } from './options.ts';

/** Samples on which choices are tried, at most, and numbers that they may hold together. */
const KEPT = 32;
const KEPT_NUMBERS = 2 ** 24;

/** What was seen of all samples, and the first of them. */
export interface Gathered {
  readonly statistics: SavedStatistics;
  readonly kept: readonly Feeds[];
}

/** Runs a model on samples, one after the other, and counts the numbers of some of its values. */
export async function gather(
  model: Model,
  values: ReadonlyMap<string, Value>,
  options: SampleOptions,
  session: SessionOptions,
  tick: () => void,
): Promise<Gathered> {
  const { samples = [], statistics: earlier, limit = Number.POSITIVE_INFINITY, onProgress } = options;
  if (earlier) requireSameValues(earlier, values);
  const calibration = new Calibration(model, values, session);
  const odd = new OddSamples();
  const kept: Feeds[] = [];
  let held = 0;
  let count = 0;
  if (limit > 0) {
    for await (const feeds of samples) {
      tick();
      if (odd.isFinite(feeds, count)) calibration.add(feeds);
      if (kept.length < KEPT && held < KEPT_NUMBERS) kept.push(feeds);
      held += sizeOf(feeds);
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
  return { statistics: all, kept };
}

function sizeOf(feeds: Feeds): number {
  const values: Iterable<NdValue> = feeds instanceof Map ? feeds.values() : Object.values(feeds);
  let size = 0;
  for (const value of values) if (value.kind === 'tensor') size += value.size;
  return size;
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
