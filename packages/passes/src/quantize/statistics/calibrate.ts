import type { Model, Value } from '@refold/ir';
import type { Feeds, SessionOptions } from '@refold/runtime';
import { Calibration, constantStatistics } from './calibration.ts';
import type { Histogram } from './histogram.ts';

/** Runs a model on samples and counts the numbers of some values, by key: see {@link Calibration}. Constants count once. */
export function calibrate(
  model: Model,
  samples: Iterable<Feeds>,
  values: ReadonlyMap<string, Value>,
  options: SessionOptions = {},
): Map<string, Histogram> {
  const calibration = new Calibration(model, values, options);
  for (const feeds of samples) calibration.add(feeds);
  return new Map([...constantStatistics(values), ...calibration.statistics()]);
}
