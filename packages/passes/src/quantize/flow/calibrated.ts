import { Editor, type Model, RefoldError } from '@refold/ir';
import type { Feeds } from '@refold/runtime';
import type { Subject } from '../analyse/count-errors.ts';
import { OutputErrors } from '../analyse/output-errors.ts';
import { requireBits } from '../constraints/bits.ts';
import { type Collected, collectConstraints } from '../constraints/collect.ts';
import { CodedTensors } from '../emit/coded-tensors.ts';
import { emitQdq } from '../emit/emit.ts';
import { equaliseLayers } from '../equalise/cross-layer.ts';
import { type Migrated, migrateBySamples } from '../equalise/migrate-by-samples.ts';
import { minMax } from '../observers/min-max.ts';
import type { Observer } from '../observers/observer.ts';
import { collectorFor } from '../round/collector-for.ts';
import type { GramCollector } from '../round/gram.ts';
import { constantStatistics } from '../statistics/calibration.ts';
import type { SavedStatistics } from '../statistics/saved-statistics.ts';
import { gather } from './gather.ts';
import { measureObservers, type TriedObserver } from './measured-observer.ts';
import type { PostTrainingOptions } from './options.ts';
import { type Prepared, prepareModel } from './prepare.ts';
import { type RescuedBranch, rescueBranches } from './rescue.ts';

/** A model that is ready to be quantized, and what is known of it. */
export interface Calibrated {
  readonly subject: Subject & { readonly options: PostTrainingOptions & { readonly observer: Observer } };
  readonly collected: Collected;
  readonly prepared: Prepared;
  /** Branches that were multiplied, so that they fit beside others. */
  readonly branches: readonly RescuedBranch[];
  readonly statistics: SavedStatistics;
  /** Some of the samples, to try choices on. */
  readonly kept: readonly Feeds[];
  /** The same with what the model gives for them, if measures were asked for and there are samples. */
  readonly outputs: OutputErrors | undefined;
  /** Codes of constants, to be used again. */
  readonly coded: CodedTensors;
  readonly tried: readonly TriedObserver[];
  /** Normalizations whose outliers went into weights, if that was asked for. */
  readonly migrated: number | undefined;
  /** What layers see. */
  readonly grams: GramCollector;
  /** Throws when the run was aborted. */
  tick(): void;
}

/**
 * Prepares a model in place, runs it on the samples, and chooses how ranges are chosen.
 * @param measures whether errors of outputs are asked for afterwards.
 */
export async function calibrated(
  model: Model,
  asked: PostTrainingOptions,
  measures: boolean,
): Promise<Calibrated> {
  const { target, onProgress, signal, tier = 'fast', threads, rounding = 'nearest' } = asked;
  const tick = (): void => {
    if (signal?.aborted) throw new RefoldError('usage/aborted', 'the run was aborted');
  };
  onProgress?.({ stage: 'prepare' });
  const widens = asked.widens === true || (asked.budget !== undefined && target.wider !== undefined);
  const mixesBits = widens || asked.smallest === true || asked.bits !== undefined;
  const prepared = prepareModel(model, target, { tick, mixesBits });
  const options = { ...asked, overrides: new Map([...prepared.overrides, ...(asked.overrides ?? [])]) };
  if (options.equalise) equaliseLayers(new Editor(model));
  const migrated = options.migrate ? await migratedBy(model, options, tick) : undefined;
  const collected = collectConstraints(model, target, options);
  if (options.bits) requireBits(collected, target, options.bits);
  const choosesCodes = rounding !== 'nearest';
  // All values and layers, so that what was seen serves other targets and choices as well; moments take too much room.
  const { table } = collected;
  const values = table.values();
  const layers = choosesCodes ? collected.quantized : model.graph.nodes();
  const grams = collectorFor(layers, choosesCodes, (node) =>
    options.statistics?.means?.get(table.nodeKey(node)),
  );
  const running = { tier, threads };
  const watching = { ...running, onNode: grams.see.bind(grams) };
  const sampling = migrated ? { ...options, samples: migrated.samples } : options;
  const { statistics: seenValues, kept, session } = await gather(model, values, sampling, watching, tick);
  if (choosesCodes && kept.length === 0)
    throw new RefoldError('usage/option', `rounding by ${rounding} takes samples`);
  const means = new Map([...grams.means()].map(([node, found]) => [table.nodeKey(node), found]));
  const statistics = { ...seenValues, means };
  const seen = new Map([...constantStatistics(values), ...statistics.values]);
  onProgress?.({ stage: 'unite' });
  const coded = new CodedTensors();
  const emit: Subject['emit'] = (editor, found, classes) => emitQdq(editor, found, classes, coded);
  const watched = { model, target, statistics: seen, session: running, options, emit };
  const keptAll = kept.length === statistics.samples;
  const rescued = rescueBranches({ subject: watched, collected, kept, keptAll, grams });
  const { subject } = rescued;
  const tries = options.observer === undefined;
  const outputs =
    (tries || measures) && kept.length > 0 ? new OutputErrors(session, kept, subject.session) : undefined;
  const measured = tries && outputs ? measureObservers(subject, outputs) : undefined;
  const observer = options.observer ?? measured?.observer ?? minMax;
  const tried = measured?.tried ?? [];
  return {
    subject: { ...subject, options: { ...options, observer } },
    collected: rescued.collected,
    prepared,
    branches: rescued.branches,
    statistics,
    kept,
    // Sessions are large: nobody holds one who does not need it.
    outputs: measures ? outputs : undefined,
    coded,
    tried,
    migrated: migrated?.layers,
    grams,
    tick,
  };
}

function migratedBy(model: Model, options: PostTrainingOptions, tick: () => void): Promise<Migrated> {
  const { samples, statistics, limit = Number.POSITIVE_INFINITY } = options;
  if (samples && !statistics) return migrateBySamples(model, samples, limit, tick);
  throw new RefoldError('usage/option', 'migrating outliers takes samples, and no earlier statistics');
}
