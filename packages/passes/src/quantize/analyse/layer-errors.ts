import { InternalError, type Model, type Node } from '@refold/ir';
import type { Feeds } from '@refold/runtime';
import { type Settled, settle } from '../settle.ts';
import { countErrors, type Subject } from './count-errors.ts';
import type { ErrorMetrics } from './error-sums.ts';
import { FloatPrefix, inGraph } from './float-prefix.ts';
import { type QuantizedLayer, quantizedLayers } from './layers.ts';
import { OutputErrors } from './output-errors.ts';
import { OutputSums } from './output-sums.ts';

/** What a layer does to the outputs of the model when it alone runs on codes. */
export interface LayerError extends ErrorMetrics {
  readonly layer: QuantizedLayer;
  /** On how many samples that was measured: few, where others cost clearly more. */
  readonly samples: number;
}

/** Samples on which all layers are measured, and by how many times as many those are that are left after a round. */
const FIRST = 2;
const MORE = 2;

/** The share of the layers that is left after a round, and how many are left in any case. */
const LEFT = 1 / 2;
const LEAST = 8;

/** Places at which the graph is cut in a round, so that what comes before runs once. */
const CUTS = 16;

interface Trial {
  readonly layer: QuantizedLayer;
  readonly sums: OutputSums;
}

/**
 * Layer-wise analysis: quantizes one layer at a time, with the scales that it has when all are quantized, and compares
 * the outputs of the model. That shows which layers cause an error, where graph-wise analysis shows where it ends up.
 * The model is as before afterwards.
 *
 * Successive halving: all layers are measured on 2 samples, the worse half of them on 4, the worse half of these on 8,
 * and so on; at least 8 layers on all. A layer runs with what is behind it only. So L layers and n samples take about
 * L/2 · (1 + log2 n) runs of the model, and 2 L sessions of half of it. It is not linear: what a layer does to the
 * outputs is seen by running all that is behind it.
 *
 * @returns the layers, those with the largest error first. Those that were measured on more samples come before the
 * others; equal ones are in the order of their names.
 */
export function layerErrors(
  subject: Subject,
  samples: Iterable<Feeds> | OutputErrors,
): readonly LayerError[] {
  const { model, target, statistics, options = {}, session } = subject;
  const outputs = samples instanceof OutputErrors ? samples : new OutputErrors(model, samples, session);
  const settled = settle(model, target, statistics, options);
  const trials = inOrder(model, quantizedLayers(settled.collected, target)).map((layer) => ({
    layer,
    sums: new OutputSums(),
  }));
  let left = trials.length;
  for (let from = 0, to = FIRST; from < outputs.size; from = to, to *= MORE) {
    const chosen = new Set(ranked(trials).slice(0, left));
    const range = { from, to: Math.min(to, outputs.size) };
    measure(
      subject,
      settled,
      outputs,
      trials.filter((trial) => chosen.has(trial)),
      new FloatPrefix(model, outputs, range),
    );
    left = Math.max(Math.ceil(left * LEFT), LEAST);
  }
  return ranked(trials).map(({ layer, sums }) => ({
    layer,
    ...sums.worst(),
    samples: sums.samples.length,
  }));
}

/** Counts the errors of layers, which come in the order of the graph, on some samples. */
function measure(
  subject: Subject,
  { collected, classes }: Settled,
  outputs: OutputErrors,
  trials: readonly Trial[],
  prefix: FloatPrefix,
): void {
  const stride = Math.ceil(trials.length / CUTS);
  for (const [i, { layer, sums }] of trials.entries()) {
    if (i % stride === 0) prefix.moveTo(firstOf(subject.model, layer));
    const alone = { ...collected, quantized: layer.nodes };
    countErrors(subject, alone, classes, outputs, sums, { run: prefix });
  }
}

function ranked(trials: readonly Trial[]): readonly Trial[] {
  const keys = trials.map((trial) => {
    const { sums, layer } = trial;
    return { trial, samples: sums.samples.length, noise: sums.worst().noiseToSignal, name: layer.name };
  });
  keys.sort((a, b) => {
    if (a.samples !== b.samples) return b.samples - a.samples;
    if (a.noise !== b.noise) return b.noise - a.noise;
    return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  });
  return keys.map(({ trial }) => trial);
}

function inOrder(model: Model, layers: readonly QuantizedLayer[]): readonly QuantizedLayer[] {
  return layers.toSorted((a, b) => {
    const [first, second] = [firstOf(model, a), firstOf(model, b)];
    return first === second ? 0 : model.graph.isBefore(first, second) ? -1 : 1;
  });
}

/** The node of the main graph with which a layer begins. */
function firstOf({ graph }: Model, { nodes }: QuantizedLayer): Node {
  const [first, ...others] = [...nodes].map((node) => inGraph(graph, node));
  if (!first) throw new InternalError('a layer without nodes');
  return others.reduce((a, b) => (graph.isBefore(b, a) ? b : a), first);
}
