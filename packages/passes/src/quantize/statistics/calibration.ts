import { constantTensor, type Model, type Value } from '@refold/ir';
import { type Feeds, reals, type SessionOptions } from '@refold/runtime';
import { tensorNumbers } from '../../support/tensor-numbers.ts';
import { Histogram } from './histogram.ts';
import { type Observation, observe } from './observe.ts';

/**
 * Counts the numbers that some values of a model hold when it runs on samples, by key. Nothing but counts is kept:
 * a value is counted when it is computed, and dropped after its last use, so that memory does not grow with the
 * number of samples.
 */
export class Calibration {
  private readonly histograms = new Map<string, Histogram>();
  private readonly seen = new Set<Histogram>();
  private readonly observation: Observation;

  /** Constants among the values are passed over: see {@link constantStatistics}. */
  constructor(model: Model, values: ReadonlyMap<string, Value>, options: SessionOptions = {}) {
    const wanted = new Map<Value, Histogram>();
    for (const [key, value] of values) {
      if (constantTensor(value)) continue;
      const histogram = new Histogram();
      this.histograms.set(key, histogram);
      wanted.set(value, histogram);
    }
    this.observation = observe(
      model,
      (value) => wanted.has(value),
      (value, array) => {
        const histogram = wanted.get(value);
        if (!histogram) return;
        histogram.add(reals(array));
        this.seen.add(histogram);
      },
      options,
    );
  }

  /** What runs the model. */
  get session(): Observation['session'] {
    return this.observation.session;
  }

  /** Runs the model on a sample, counts, and answers the outputs. Throws RefoldError when it does not fit the inputs. */
  add(feeds: Feeds): ReturnType<Observation['run']> {
    return this.observation.run(feeds);
  }

  /** What was seen, without values that were never computed; of those that had no elements, there are no counts. */
  statistics(): Map<string, Histogram> {
    return new Map([...this.histograms].filter(([, histogram]) => this.seen.has(histogram)));
  }
}

/** What the constants among some values hold, by key. */
export function constantStatistics(values: ReadonlyMap<string, Value>): Map<string, Histogram> {
  const statistics = new Map<string, Histogram>();
  for (const [key, value] of values) {
    const constant = constantTensor(value);
    if (constant) statistics.set(key, Histogram.of(tensorNumbers(constant)));
  }
  return statistics;
}
