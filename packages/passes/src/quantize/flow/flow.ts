import { Editor, type Model, RefoldError, type Value } from '@refold/ir';
import type { Feeds, NdValue } from '@refold/runtime';
import { nodesWithin } from '../../manager/walk.ts';
import { collectConstraints } from '../constraints/collect.ts';
import { emitQdq } from '../emit/emit.ts';
import { minMax } from '../observers/min-max.ts';
import { classesFor, type QuantizeOptions } from '../quantize.ts';
import { Calibration, constantStatistics } from '../statistics/calibration.ts';
import { mergeStatistics, type SavedStatistics } from '../statistics/saved-statistics.ts';
import type { Target } from '../targets/target.ts';
import { OddSamples } from './check-sample.ts';
import { measureObservers } from './measured-observer.ts';
import { prepareModel } from './prepare.ts';
import { type QuantizationReport, reportOf } from './report.ts';

/** What is going on, for a progress display. */
export interface QuantizationProgress {
  readonly stage: 'prepare' | 'calibrate' | 'unite' | 'write';
  /** Samples counted so far, while calibrating. */
  readonly samples?: number;
}

/** Samples on which choices are tried, at most, and numbers that they may hold together. */
const KEPT = 32;
const KEPT_NUMBERS = 2 ** 24;

/** When no `observer` is given, some are tried on the first samples, and the one that costs least is taken. */
export interface PostTrainingOptions extends QuantizeOptions {
  readonly target: Target;
  /** Values for the inputs of the model, one set after the other. They are read once, one at a time. */
  readonly samples?: Iterable<Feeds> | AsyncIterable<Feeds>;
  /** What was seen in an earlier run of the same model. */
  readonly statistics?: SavedStatistics;
  /** The most samples that are taken. */
  readonly limit?: number;
  /** The kernels that samples run on; `fast` when absent. */
  readonly tier?: 'reference' | 'fast';
  readonly onProgress?: (progress: QuantizationProgress) => void;
  readonly signal?: AbortSignal;
}

export interface PostTrainingResult {
  readonly report: QuantizationReport;
  /** All that was seen, to be saved. */
  readonly statistics: SavedStatistics;
}

/**
 * Quantizes a model in place, from cleaning and fusing it to writing the nodes: post-training quantization. Memory
 * does not depend on the number of samples.
 * @throws RefoldError `usage/data` for samples that hold NaN or infinities, and for statistics of another model;
 * `usage/option` for samples that do not fit the inputs, or when there are none at all.
 */
export async function quantizePostTraining(
  model: Model,
  options: PostTrainingOptions,
): Promise<PostTrainingResult> {
  const { target, onProgress, signal, tier = 'fast' } = options;
  const tick = (): void => {
    if (signal?.aborted) throw new RefoldError('usage/aborted', 'the run was aborted');
  };
  onProgress?.({ stage: 'prepare' });
  prepareModel(model, target, { tick });
  const collected = collectConstraints(model, target, options);
  // All of them, so that what was seen serves other targets and choices as well.
  const values = collected.table.values();
  const { statistics, kept } = await gather(model, values, options, tick);
  const seen = new Map([...constantStatistics(values), ...statistics.values]);
  onProgress?.({ stage: 'unite' });
  const measured =
    options.observer || kept.length === 0
      ? undefined
      : measureObservers(model, target, seen, kept, { ...options, tier });
  const observer = options.observer ?? measured?.observer ?? minMax;
  const classes = classesFor(collected, target, seen, { ...options, observer });
  tick();
  onProgress?.({ stage: 'write' });
  const nodes = [...nodesWithin(model.graph)];
  const editor = new Editor(model);
  const emission = editor.transact(() => emitQdq(editor, collected, classes));
  const report = reportOf({
    target: target.name,
    observer: observer.name,
    tried: measured?.tried ?? [],
    samples: statistics.samples,
    quantized: nodes.filter((node) => collected.quantized.has(node)),
    float: nodes.filter((node) => !collected.quantized.has(node)),
    classes,
    emission,
  });
  return { report, statistics };
}

async function gather(
  model: Model,
  values: ReadonlyMap<string, Value>,
  options: PostTrainingOptions,
  tick: () => void,
): Promise<{ readonly statistics: SavedStatistics; readonly kept: readonly Feeds[] }> {
  const { samples = [], statistics: earlier, limit = Number.POSITIVE_INFINITY, onProgress } = options;
  if (earlier) requireSameValues(earlier, values);
  const calibration = new Calibration(model, values, { tier: options.tier ?? 'fast' });
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
