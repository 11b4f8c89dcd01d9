import { cloneModel, Editor, inferModel, type Model, RefoldError } from '@refold/ir';
import type { ErrorMetrics } from '../analyse/error-sums.ts';
import { GraphErrors } from '../analyse/graph-errors.ts';
import { keepListFor } from '../analyse/keep-list.ts';
import { layerErrors } from '../analyse/layer-errors.ts';
import { emitQdq } from '../emit/emit.ts';
import { settle } from '../settle.ts';
import { calibrated } from './calibrated.ts';
import type { PostTrainingOptions } from './options.ts';
import { type KeptReport, keptReport } from './report.ts';

/** What a layer alone does to the outputs. */
export interface LayerReport extends ErrorMetrics {
  readonly layer: string;
  readonly operators: readonly string[];
}

/** How a value fares when everything runs on codes, and how much of that is new at its node. */
export interface ValueReport extends ErrorMetrics {
  readonly value: string;
  readonly operator: string | undefined;
  readonly added: number;
}

/** Where the error of a quantized model comes from, as data. */
export interface QuantizationAnalysis {
  readonly target: string;
  readonly observer: string;
  readonly samples: number;
  /** One layer on codes at a time, compared at the outputs: those that cost most first. */
  readonly layers: readonly LayerReport[];
  /** All on codes, value by value: those that fare worst first. */
  readonly values: readonly ValueReport[];
  /** What would keep to the budget, if there is one. */
  readonly kept?: KeptReport;
}

/**
 * Ranks layers and values of a model by what quantizing does to them, on some of the samples. The model is prepared as it
 * would be for quantizing, but stays with floats.
 * @throws RefoldError as `quantizePostTraining`.
 */
export async function analyseQuantization(
  model: Model,
  options: PostTrainingOptions,
): Promise<QuantizationAnalysis> {
  const { subject, kept, outputs, statistics } = await calibrated(model, options, true);
  const { target, session, options: chosen } = subject;
  const { budget } = options;
  if (!outputs)
    throw new RefoldError(
      'usage/option',
      'an analysis takes samples to measure with, and not only what was seen of them',
    );
  options.onProgress?.({ stage: 'analyse' });
  const errors = layerErrors(subject, outputs);
  const layers = errors.map(({ layer, ...metrics }) => ({
    layer: layer.name,
    operators: [...layer.nodes].map((node) => node.opType),
    ...metrics,
  }));
  const copy = cloneModel(model);
  const editor = new Editor(copy);
  inferModel(editor);
  const { collected, classes } = settle(copy, target, subject.statistics, chosen);
  emitQdq(editor, collected, classes);
  const graph = new GraphErrors(model, copy, session);
  for (const feeds of kept) graph.add(feeds);
  return {
    target: target.name,
    observer: chosen.observer.name,
    samples: statistics.samples,
    layers,
    values: graph.ranked().map(({ channels: _, ...value }) => value),
    ...(budget === undefined
      ? {}
      : { kept: keptReport(keepListFor(subject, outputs, budget, { errors }), budget) }),
  };
}
