import { Editor, type Model, RefoldError } from '@refold/ir';
import type { Feeds } from '@refold/runtime';
import type { Subject } from '../analyse/layer-errors.ts';
import { type Collected, collectConstraints } from '../constraints/collect.ts';
import { equaliseLayers } from '../equalise/cross-layer.ts';
import { minMax } from '../observers/min-max.ts';
import type { Observer } from '../observers/observer.ts';
import { collectorFor } from '../round/collector-for.ts';
import type { GramCollector } from '../round/gram.ts';
import { constantStatistics } from '../statistics/calibration.ts';
import type { SavedStatistics } from '../statistics/saved-statistics.ts';
import { gather } from './gather.ts';
import { measureObservers, type TriedObserver } from './measured-observer.ts';
import type { PostTrainingOptions } from './options.ts';
import { prepareModel } from './prepare.ts';
import { type RescuedBranch, rescueBranches } from './rescue.ts';

/** A model that is ready to be quantized, and what is known of it. */
export interface Calibrated {
  readonly subject: Subject & { readonly options: PostTrainingOptions & { readonly observer: Observer } };
  readonly collected: Collected;
  /** Branches that were multiplied, so that they fit beside others. */
  readonly branches: readonly RescuedBranch[];
  readonly statistics: SavedStatistics;
  /** Some of the samples, to try choices on. */
  readonly kept: readonly Feeds[];
  readonly tried: readonly TriedObserver[];
  /** What layers see; undefined unless somebody asks. */
  readonly grams: GramCollector | undefined;
  /** Throws when the run was aborted. */
  tick(): void;
}

/** Prepares a model in place, runs it on the samples, and chooses how ranges are chosen. */
export async function calibrated(model: Model, options: PostTrainingOptions): Promise<Calibrated> {
  const { target, onProgress, signal, tier = 'fast', rounding = 'nearest' } = options;
  const tick = (): void => {
    if (signal?.aborted) throw new RefoldError('usage/aborted', 'the run was aborted');
  };
  onProgress?.({ stage: 'prepare' });
  prepareModel(model, target, { tick });
  if (options.equalise) equaliseLayers(new Editor(model));
  const collected = collectConstraints(model, target, options);
  const choosesCodes = rounding !== 'nearest';
  const grams =
    choosesCodes || options.biasCorrection !== false
      ? collectorFor(collected.quantized, choosesCodes)
      : undefined;
  // All of them, so that what was seen serves other targets and choices as well.
  const values = collected.table.values();
  const session = { tier, ...(grams ? { onNode: grams.see.bind(grams) } : {}) };
  const { statistics, kept } = await gather(model, values, options, session, tick);
  const seen = new Map([...constantStatistics(values), ...statistics.values]);
  onProgress?.({ stage: 'unite' });
  const watched = { model, target, statistics: seen, session: { tier }, options };
  const keptAll = kept.length === statistics.samples;
  const rescued = rescueBranches({ subject: watched, collected, kept, keptAll, grams });
  const { subject } = rescued;
  const measured = options.observer || kept.length === 0 ? undefined : measureObservers(subject, kept);
  const observer = options.observer ?? measured?.observer ?? minMax;
  const tried = measured?.tried ?? [];
  return {
    subject: { ...subject, options: { ...options, observer } },
    collected: rescued.collected,
    branches: rescued.branches,
    statistics,
    kept,
    tried,
    grams,
    tick,
  };
}
