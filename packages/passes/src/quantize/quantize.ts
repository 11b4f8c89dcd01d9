import { Editor, inferModel, type Model } from '@refold/ir';
import type { Feeds } from '@refold/runtime';
import type { Classes, ClassOptions } from './classes/form-classes.ts';
import { type CollectOptions, collectConstraints } from './constraints/collect.ts';
import { type Emission, emitQdq } from './emit/emit.ts';
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
}

/**
 * Quantizes a model in place for a target: counts the numbers that occur when it runs on samples, unites what has to
 * or had better share a scale, and writes `QuantizeLinear` and `DequantizeLinear` nodes.
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
  const { collected, classes } = settle(model, target, statistics, options);
  return { classes, emission: editor.transact(() => emitQdq(editor, collected, classes)) };
}
