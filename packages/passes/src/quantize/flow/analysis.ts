import { cloneModel, Editor, inferModel, type Model, RefoldError } from '@refold/ir';
import { type ClassError, classErrors } from '../analyse/class-errors.ts';
import { byNoise, type ErrorMetrics } from '../analyse/error-sums.ts';
import { GraphErrors, type ValueError } from '../analyse/graph-errors.ts';
import { keepListFor } from '../analyse/keep-list.ts';
import { layerErrors } from '../analyse/layer-errors.ts';
import { emitQdq } from '../emit/emit.ts';
import { settle } from '../settle.ts';
import { calibrated } from './calibrated.ts';
import type { PostTrainingOptions } from './options.ts';
import {
  type ClassReport,
  classReport,
  factorsOf,
  type KeptReport,
  keptReport,
  type MemberReport,
} from './report.ts';

/** What a layer alone does to the outputs. */
export interface LayerReport extends ErrorMetrics {
  readonly layer: string;
  readonly operators: readonly string[];
  /** On how many samples that was measured: few, where others cost clearly more. */
  readonly samples: number;
}

/** How one index of axis 1 of a value fares. */
export interface ChannelReport extends ErrorMetrics {
  readonly channel: number;
}

/** How a value fares when everything runs on codes, and how much of that is new at its node. */
export interface ValueReport extends ErrorMetrics {
  readonly value: string;
  readonly operator: string | undefined;
  readonly added: number;
  /** The channels that fare worst, at most 8 of them; none where one has less than 4 elements. */
  readonly worstChannels: readonly ChannelReport[];
}

/** How the values fare that share one scale and zero point. */
export interface ClassErrorReport extends ClassReport {
  /** The largest of what its members have, when everything runs on codes. */
  readonly noiseToSignal: number;
  readonly members: readonly MemberErrorReport[];
}

export interface MemberErrorReport extends MemberReport {
  /** When everything runs on codes; absent for constants and values of nested graphs. */
  readonly noiseToSignal?: number;
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
  /** The same by values that share a scale, the class with the worst member first. */
  readonly classes: readonly ClassErrorReport[];
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
  const { subject, kept, outputs, statistics, branches } = await calibrated(model, options, true);
  const { target, session, options: chosen } = subject;
  const { budget } = options;
  if (!outputs)
    throw new RefoldError(
      'usage/option',
      'an analysis takes samples to measure with, and not only what was seen of them',
    );
  options.onProgress?.({ stage: 'analyse' });
  const errors = layerErrors(subject, outputs);
  const layers = errors.map(({ layer, ...measured }) => ({
    layer: layer.name,
    operators: [...layer.nodes].map((node) => node.opType),
    ...measured,
  }));
  const copy = cloneModel(model);
  const editor = new Editor(copy);
  inferModel(editor);
  const { collected, classes } = settle(copy, target, subject.statistics, chosen);
  const emission = emitQdq(editor, collected, classes);
  const graph = new GraphErrors(model, copy, session);
  for (const feeds of kept) graph.add(feeds);
  const values = graph.errors();
  const factors = factorsOf(branches, (value) => collected.table.keyOf(value));
  return {
    target: target.name,
    observer: chosen.observer.name,
    samples: statistics.samples,
    layers,
    values: values.toSorted(byNoise).map(valueReport),
    classes: classErrors(
      { ...classes, classes: classes.classes.filter((c) => emission.classes.has(c)) },
      values,
    ).map((one) => classErrorReport(one, factors)),
    ...(budget === undefined
      ? {}
      : { kept: keptReport(keepListFor(subject, outputs, budget, { errors }), budget) }),
  };
}

/** Channels of a value that are told of. */
const WORST = 8;

function valueReport({ channels, ...value }: ValueError): ValueReport {
  const worst = channels.map((metrics, channel) => ({ channel, ...metrics })).toSorted(byNoise);
  return { ...value, worstChannels: worst.slice(0, WORST) };
}

function classErrorReport(
  { of, members, noiseToSignal }: ClassError,
  factors: ReadonlyMap<string, number>,
): ClassErrorReport {
  const report = classReport(of, factors);
  return {
    ...report,
    noiseToSignal,
    members: report.members.map((member, i) => {
      const noise = members[i]?.measured?.noiseToSignal;
      return noise === undefined ? member : { ...member, noiseToSignal: noise };
    }),
  };
}
