import { Editor, inferModel, type Model } from '@refold/ir';
import type { Feeds } from '@refold/runtime';
import type { Classes, ClassOptions, Statistics } from './classes/form-classes.ts';
import { type CollectOptions, collectConstraints } from './constraints/collect.ts';
import { type Emission, emitQdq } from './emit/emit.ts';
import { type RescuedBranch, rescueUntried } from './flow/rescue.ts';
import { settle } from './settle.ts';
import { calibrate } from './statistics/calibrate.ts';
import type { Target } from './targets/target.ts';

/** What `quantizeModel` quantizes, with which ranges, and what values that share a scale must bear. */
export interface QuantizeOptions
  extends CollectOptions,
    Pick<ClassOptions, 'observer' | 'tolerance' | 'preference' | 'widens'> {}

/** What happened, class by class. */
export interface QuantizeReport {
  readonly classes: Classes;
  readonly emission: Emission;
  /** Branches that were multiplied by powers of two, so that they fit beside others. */
  readonly branches: readonly RescuedBranch[];
}

/**
 * Quantizes a model in place for a target: counts the numbers that occur when it runs on samples, multiplies branches
 * that would be left with too few levels, unites what has to or had better share a scale, and writes `QuantizeLinear`
 * and `DequantizeLinear` nodes. Samples are read once: nothing is tried on them, as `quantizePostTraining` does.
 * @throws RefoldError when a sample does not fit, or the opset is too low.
 */
export function quantizeModel(
  model: Model,
  target: Target,
  samples: Iterable<Feeds>,
  options: QuantizeOptions = {},
): QuantizeReport {
  const editor = new Editor(model);
  inferModel(editor);
  const { table } = collectConstraints(model, target, options);
  const statistics = calibrate(model, samples, table.values());
  return editor.transact(() => quantizeSeen(editor, target, statistics, options));
}

/** The same by what was seen of values. Types must have been inferred. */
export function quantizeSeen(
  editor: Editor,
  target: Target,
  statistics: Statistics,
  options: QuantizeOptions,
): QuantizeReport {
  const { model } = editor;
  const { subject, branches } = rescueUntried({ model, target, statistics, options }, editor);
  const { collected, classes } = settle(model, target, subject.statistics, options);
  return { classes, emission: emitQdq(editor, collected, classes), branches };
}
