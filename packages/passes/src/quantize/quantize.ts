import { Editor, inferModel, type Model } from '@refold/ir';
import type { Feeds } from '@refold/runtime';
import { type Classes, type ClassOptions, formClasses, type Statistics } from './classes/form-classes.ts';
import { type Collected, type CollectOptions, collectConstraints } from './constraints/collect.ts';
import { type Emission, emitQdq } from './emit/emit.ts';
import { calibrate } from './statistics/calibrate.ts';
import type { Target } from './targets/target.ts';

export interface QuantizeOptions
  extends CollectOptions,
    Pick<ClassOptions, 'observer' | 'tolerance' | 'preference' | 'widens'> {}

/** What happened, class by class. */
export interface QuantizeReport {
  readonly classes: Classes;
  readonly emission: Emission;
}

/** The classes of what was collected, as the target has them. */
export function classesFor(
  { table, constraints }: Collected,
  target: Target,
  statistics: Statistics,
  options: Pick<ClassOptions, 'observer' | 'tolerance' | 'preference' | 'scalable' | 'widens'> = {},
): Classes {
  const types = [...target.activations.types, ...target.weights.types];
  return formClasses(table.points, constraints, statistics, {
    ...options,
    types,
    requantizes: target.requantizes,
  });
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
  const collected = collectConstraints(model, target, options);
  const statistics = calibrate(model, samples, collected.table.values());
  const classes = classesFor(collected, target, statistics, options);
  return { classes, emission: editor.transact(() => emitQdq(editor, collected, classes)) };
}
