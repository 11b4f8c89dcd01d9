import { Editor, type Model, type Node, RefoldError } from '@refold/ir';
import { nodesWithin } from '../../manager/walk.ts';
import { type KeepList, keepListFor } from '../analyse/keep-list.ts';
import { hasSmallWeights, type SmallWeights, smallWeightsFor } from '../analyse/small-weights.ts';
import type { Statistics } from '../classes/form-classes.ts';
import type { BitsByName } from '../constraints/bits.ts';
import { collectConstraints } from '../constraints/collect.ts';
import { emitQdq } from '../emit/emit.ts';
import { writeOperatorsOnCodes } from '../emit/operators-on-codes.ts';
import { quantizeBiases } from '../import/biases.ts';
import { minMax } from '../observers/min-max.ts';
import { roundModel } from '../round/round-model.ts';
import { type Settled, settle } from '../settle.ts';
import { constantStatistics } from '../statistics/calibration.ts';
import type { SavedStatistics } from '../statistics/saved-statistics.ts';
import { type Calibrated, calibrated } from './calibrated.ts';
import type { PostTrainingOptions } from './options.ts';
import { keptReport, type Note, type QuantizationReport, reportOf, smallReport } from './report.ts';

/** What `quantizePostTraining` found; the model itself is changed in place. */
export interface PostTrainingResult {
  readonly report: QuantizationReport;
  /** All that was seen, to be saved. */
  readonly statistics: SavedStatistics;
}

/**
 * Quantizes a model in place, from cleaning and fusing it to writing the nodes: post-training quantization. Memory
 * does not depend on the number of samples.
 * @throws RefoldError `usage/data` for samples that hold NaN or infinities, for statistics of another model, and when
 * there are none at all; `usage/option` for samples that do not fit the inputs.
 */
export async function quantizePostTraining(
  model: Model,
  options: PostTrainingOptions,
): Promise<PostTrainingResult> {
  requireSmallWeights(options);
  const found = await calibrated(model, options, options.budget !== undefined);
  const kept = keptFor(found);
  const met = kept ? within(found, kept.bits, kept.nodes) : found;
  const small = kept?.met ? smallFor(met) : undefined;
  const run = small ? within(met, small.bits) : met;
  const { subject, tick, statistics, prepared } = run;
  tick();
  options.onProgress?.({ stage: 'write' });
  const nodes = [...nodesWithin(model.graph)];
  const editor = new Editor(model);
  const { collected, classes, emission } = editor.transact(() => {
    const chosen = refined(editor, run);
    const emitted = emitQdq(editor, chosen.collected, chosen.classes, run.coded);
    // Weights that were codes before had no classes from which the scales of biases could follow.
    if (prepared.trained && subject.target.bias === 'int32') quantizeBiases(editor);
    return { ...chosen, emission: emitted };
  });
  const report = reportOf({
    target: subject.target.name,
    observer: subject.options.observer.name,
    tried: run.tried,
    kept: kept && keptReport(kept, options.budget ?? 0),
    small: small && smallReport(small),
    migrated: run.migrated,
    samples: statistics.samples,
    quantized: nodes.filter((node) => collected.quantized.has(node)),
    float: nodes.filter((node) => !collected.quantized.has(node)),
    classes: { ...classes, diagnostics: [...prepared.diagnostics, ...classes.diagnostics] },
    branches: run.branches,
    notes: options.observer === undefined && run.tried.length === 0 ? [untried] : [],
    keyOf: (value) => collected.table.keyOf(value),
    emission,
  });
  // Last, since it leaves nothing of the nodes that the report is about.
  if (options.format === 'qoperator') writeOperatorsOnCodes(editor);
  return { report, statistics };
}

const untried: Note = {
  code: 'untried',
  at: 'min-max',
  message: 'ranges are min-max: other ways to choose them cannot be compared without samples',
};

/** What it takes to keep to the budget, if there is one. */
function keptFor({ subject, outputs }: Calibrated): KeepList | undefined {
  const { budget, onProgress } = subject.options;
  if (budget === undefined) return undefined;
  if (!outputs)
    throw new RefoldError(
      'usage/option',
      'a budget takes samples to measure with, and not only what was seen of them',
    );
  onProgress?.({ stage: 'analyse' });
  return keepListFor(subject, outputs, budget);
}

/** The weights that get fewer bits within the budget, if that is wanted. */
function smallFor({ subject, outputs }: Calibrated): SmallWeights | undefined {
  const { budget, smallest } = subject.options;
  return smallest && outputs && budget !== undefined ? smallWeightsFor(subject, outputs, budget) : undefined;
}

/** Throws RefoldError `usage/option` where fewer bits are asked for, and there can be none. */
function requireSmallWeights({ smallest, budget, target }: PostTrainingOptions): void {
  if (!smallest) return;
  if (budget === undefined)
    throw new RefoldError('usage/option', 'weights get as few bits as a budget allows, and there is none');
  if (!hasSmallWeights(target))
    throw new RefoldError('usage/option', `${target.name} has no weights of 4 bits`);
}

/** The same with what the budget takes among the options. */
function within(run: Calibrated, bits: BitsByName, nodes: ReadonlySet<Node> = new Set()): Calibrated {
  const { options } = run.subject;
  const keep = (node: Node): boolean => nodes.has(node) || (options.keep?.(node) ?? false);
  return { ...run, subject: { ...run.subject, options: { ...options, keep, bits } } };
}

/** Classes; weights and biases are rounded before, if the options say so. */
function refined(editor: Editor, run: Calibrated): Settled {
  const { model, target, statistics, options } = run.subject;
  const settled = (seen: Statistics, observer = options.observer): Settled =>
    settle(model, target, seen, { ...options, observer });
  const { rounding = 'nearest', biasCorrection = true } = options;
  if (rounding === 'nearest' && !biasCorrection) return settled(statistics);
  // Which nodes run on codes does not depend on how ranges are chosen.
  const { quantized } = settled(statistics, minMax).collected;
  roundModel(editor, target, run.grams.of.bind(run.grams), {
    method: rounding,
    ...(options.bits ? { bits: options.bits } : {}),
    correctBiases: biasCorrection,
    keep: (node) => !quantized.has(node),
  });
  const { table } = collectConstraints(model, target, options);
  const seen = new Map([...statistics, ...constantStatistics(table.values())]);
  return settled(seen);
}
