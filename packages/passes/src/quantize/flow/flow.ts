import { Editor, type Model, type Node, RefoldError } from '@refold/ir';
import { nodesWithin } from '../../manager/walk.ts';
import { keepListFor } from '../analyse/keep-list.ts';
import type { Classes } from '../classes/form-classes.ts';
import { type Collected, collectConstraints } from '../constraints/collect.ts';
import { emitQdq } from '../emit/emit.ts';
import { classesFor } from '../quantize.ts';
import { roundModel } from '../round/round-model.ts';
import { constantStatistics } from '../statistics/calibration.ts';
import type { SavedStatistics } from '../statistics/saved-statistics.ts';
import { type Calibrated, calibrated } from './calibrated.ts';
import type { PostTrainingOptions } from './options.ts';
import { type KeptReport, keptReport, type QuantizationReport, reportOf } from './report.ts';

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
  const run = await calibrated(model, options, options.budget !== undefined);
  const kept = keptFor(run);
  const { subject, tick, statistics } = run;
  tick();
  options.onProgress?.({ stage: 'write' });
  const nodes = [...nodesWithin(model.graph)];
  const editor = new Editor(model);
  const { collected, classes, emission } = editor.transact(() => {
    const chosen = refined(editor, run, kept?.nodes ?? noNodes);
    return { ...chosen, emission: emitQdq(editor, chosen.collected, chosen.classes, run.coded) };
  });
  const report = reportOf({
    target: subject.target.name,
    observer: subject.options.observer.name,
    tried: run.tried,
    kept: kept?.report,
    samples: statistics.samples,
    quantized: nodes.filter((node) => collected.quantized.has(node)),
    float: nodes.filter((node) => !collected.quantized.has(node)),
    classes,
    emission,
  });
  return { report, statistics };
}

const noNodes: ReadonlySet<Node> = new Set();

/** The layers that stay with floats for the sake of the budget. */
function keptFor({
  subject,
  outputs,
}: Calibrated): { readonly nodes: ReadonlySet<Node>; readonly report: KeptReport } | undefined {
  const { budget, onProgress } = subject.options;
  if (budget === undefined) return undefined;
  if (!outputs)
    throw new RefoldError(
      'usage/option',
      'a budget takes samples to measure with, and not only what was seen of them',
    );
  onProgress?.({ stage: 'analyse' });
  const list = keepListFor(subject, outputs, budget);
  return { nodes: list.nodes, report: keptReport(list, budget) };
}

interface Chosen {
  readonly collected: Collected;
  readonly classes: Classes;
}

/** Classes without what is kept; weights and biases are rounded before, if the options say so. */
function refined(editor: Editor, run: Calibrated, kept: ReadonlySet<Node>): Chosen {
  const { model, target, statistics, options } = run.subject;
  const keep = (node: Node): boolean => kept.has(node) || (options.keep?.(node) ?? false);
  const collect = (): Collected => collectConstraints(model, target, { ...options, keep });
  let collected = kept.size === 0 ? run.collected : collect();
  let seen = statistics;
  const { rounding = 'nearest', biasCorrection = true } = options;
  if (rounding !== 'nearest' || biasCorrection) {
    const { quantized } = collected;
    roundModel(editor, target, run.grams.of.bind(run.grams), {
      method: rounding,
      correctBiases: biasCorrection,
      keep: (node) => !quantized.has(node),
    });
    collected = collect();
    seen = new Map([...statistics, ...constantStatistics(collected.table.values())]);
  }
  return { collected, classes: classesFor(collected, target, seen, options) };
}
