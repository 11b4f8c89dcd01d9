import { Editor, type Model, type Node } from '@refold/ir';
import type { SessionOptions } from '@refold/runtime';
import type { Classes, Statistics } from '../classes/form-classes.ts';
import type { Collected } from '../constraints/collect.ts';
import { emitQdq } from '../emit/emit.ts';
import type { QuantizeOptions } from '../quantize.ts';
import { settle } from '../settle.ts';
import type { Target } from '../targets/target.ts';
import type { ErrorMetrics } from './error-sums.ts';
import type { OutputErrors, Run } from './output-errors.ts';
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

/** The errors of the outputs when all is quantized but what is kept in floats. */
export function errorsWithout(
  subject: Subject,
  outputs: OutputErrors,
  kept: ReadonlySet<Node>,
): ErrorMetrics {
  const { model, target, statistics, options = {} } = subject;
  const keep = (node: Node): boolean => kept.has(node) || (options.keep?.(node) ?? false);
  const { collected, classes } = settle(model, target, statistics, { ...options, keep });
  const sums = new OutputSums();
  countErrors(subject, collected, classes, outputs, sums);
  return sums.worst();
}

/** How errors are counted: by default on all samples, with the model as a whole. */
export interface CountOptions {
  readonly isEnough?: () => boolean | undefined;
  readonly run?: Run;
}

/** Quantizes, counts the errors of outputs until enough is known, and takes everything back. */
export function countErrors(
  { model, emit = emitQdq }: Subject,
  collected: Collected,
  classes: Classes,
  outputs: OutputErrors,
  sums: OutputSums,
  { isEnough, run }: CountOptions = {},
): void {
  const editor = new Editor(model);
  editor.begin();
  try {
    emit(editor, collected, classes);
    run?.cut?.(editor);
    outputs.count(model, sums, isEnough, run);
  } finally {
    editor.rollback();
  }
}
