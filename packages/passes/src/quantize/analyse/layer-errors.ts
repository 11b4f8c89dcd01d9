import { Editor, type Model, type Node } from '@refold/ir';
import type { Feeds, SessionOptions } from '@refold/runtime';
import type { Classes, Statistics } from '../classes/form-classes.ts';
import type { Collected } from '../constraints/collect.ts';
import { emitQdq } from '../emit/emit.ts';
import type { QuantizeOptions } from '../quantize.ts';
import { settle } from '../settle.ts';
import type { Target } from '../targets/target.ts';
import { byNoise, type ErrorMetrics } from './error-sums.ts';
import { type QuantizedLayer, quantizedLayers } from './layers.ts';
import { OutputErrors } from './output-errors.ts';
import { OutputSums } from './output-sums.ts';

/** What is analysed, and how it is quantized. */
export interface Subject {
  readonly model: Model;
  readonly target: Target;
  readonly statistics: Statistics;
  readonly options?: QuantizeOptions;
  /** Writes the nodes; `emitQdq` when absent. */
  readonly emit?: (editor: Editor, collected: Collected, classes: Classes) => unknown;
  /** How models are run. */
  readonly session?: SessionOptions;
}

/** What a layer does to the outputs of the model when it alone runs on codes. */
export interface LayerError extends ErrorMetrics {
  readonly layer: QuantizedLayer;
}

/**
 * Layer-wise analysis: quantizes one layer at a time, with the scales that it has when all are quantized, and compares
 * the outputs of the model. That shows which layers cause an error, where graph-wise analysis shows where it ends up.
 * The model is as before afterwards. Takes as many runs of each sample as there are layers, and one.
 *
 * @returns the layers, those with the largest error first; equal ones in the order of the graph.
 */
export function layerErrors(
  subject: Subject,
  samples: Iterable<Feeds> | OutputErrors,
): readonly LayerError[] {
  const { model, target, statistics, options = {}, session } = subject;
  const outputs = samples instanceof OutputErrors ? samples : new OutputErrors(model, samples, session);
  const { collected, classes } = settle(model, target, statistics, options);
  return quantizedLayers(collected, target)
    .map((layer) => {
      const alone = { ...collected, quantized: layer.nodes };
      return { layer, ...emitted(subject, alone, classes, outputs) };
    })
    .toSorted(byNoise);
}

/** The errors of the outputs when all is quantized but what is kept in floats. */
export function errorsWithout(
  subject: Subject,
  outputs: OutputErrors,
  kept: ReadonlySet<Node>,
): ErrorMetrics {
  const { model, target, statistics, options = {} } = subject;
  const keep = (node: Node): boolean => kept.has(node) || (options.keep?.(node) ?? false);
  const { collected, classes } = settle(model, target, statistics, { ...options, keep });
  return emitted(subject, collected, classes, outputs);
}

function emitted(
  subject: Subject,
  collected: Collected,
  classes: Classes,
  outputs: OutputErrors,
): ErrorMetrics {
  const sums = new OutputSums();
  countErrors(subject, collected, classes, outputs, sums);
  return sums.worst();
}

/** Quantizes, counts the errors of outputs until enough is known, and takes everything back. */
export function countErrors(
  { model, emit = emitQdq }: Subject,
  collected: Collected,
  classes: Classes,
  outputs: OutputErrors,
  sums: OutputSums,
  isEnough: () => boolean | undefined = () => false,
): void {
  const editor = new Editor(model);
  editor.begin();
  try {
    emit(editor, collected, classes);
    outputs.count(model, sums, isEnough);
  } finally {
    editor.rollback();
  }
}
