import { graphPass, type Pass } from '../manager/pass.ts';
import type { Statistics } from './classes/form-classes.ts';
import { type QuantizeOptions, quantizeSeen } from './quantize.ts';
import type { Target } from './targets/target.ts';

/**
 * A pass that quantizes for a target, by what was seen of the values of the model (see `calibrate`). It is in no
 * list of passes: what was seen belongs to one model. Branches that would be left with too few levels are multiplied,
 * if that is foreseen to help; only `quantizePostTraining` has samples to try it on.
 */
export function quantizePass(target: Target, statistics: Statistics, options: QuantizeOptions = {}): Pass {
  return graphPass({
    name: 'quantize/union',
    summary: `quantize for ${target.name}, with one scale for what must or had better share one`,
    byDefault: false,
    run({ editor, refuse }) {
      const { classes, emission, branches } = quantizeSeen(editor, target, statistics, options);
      const { values, requantized, constants, diagnostics } = emission;
      for (const { code, at } of [...classes.diagnostics, ...diagnostics]) refuse(code, at);
      return values + requantized + constants + branches.length;
    },
  });
}
