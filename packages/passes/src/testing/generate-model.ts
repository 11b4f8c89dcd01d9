import type { Model } from '@refold/ir';
import { Choices } from '@refold/runtime/testing/choices';
import { Growing } from './growing.ts';
import { compositeSteps } from './steps/composite.ts';
import { elementwiseSteps } from './steps/elementwise.ts';
import { layoutSteps } from './steps/layout.ts';
import { linearSteps } from './steps/linear.ts';
import { pairSteps } from './steps/pairs.ts';
import type { Step } from './steps/step.ts';

const families: readonly (readonly Step[])[] = [
  elementwiseSteps,
  layoutSteps,
  linearSteps,
  compositeSteps,
  pairSteps,
];

const opsets = [18, 13, 11, 17, 20, 23];

/** Nodes, roughly, that a generated model may have. */
const MAX_STEPS = 24;

const shapes: readonly (readonly number[])[] = [[2, 3], [1, 2, 3, 4], [2, 3, 4], [2, 1, 4, 4], [3], [1, 6]];

/**
 * A small valid model, as any list of non-negative integers decides it: operators that passes look for, in
 * combinations that exporters make and in ones that nobody makes. The same list gives the same model; shorter
 * lists and smaller numbers give simpler ones, so that property tests can shrink what fails.
 */
export function generateModel(decisions: readonly number[]): Model {
  const choices = new Choices(decisions);
  const g = new Growing(choices, choices.any(opsets) ?? 18);
  const inputs = choices.between(1, 2);
  for (let i = 0; i < inputs; i += 1) g.input(`x${i}`, 'float32', choices.any(shapes) ?? [2, 3]);
  for (let i = 0; i < MAX_STEPS && !choices.exhausted; i += 1) {
    const family = choices.any(families) ?? [];
    const made = choices.any(family)?.(g);
    if (made) g.keep(made);
  }
  return g.finish();
}
