import { graphPass, type Pass } from '../manager/pass.ts';
import type { Statistics } from './classes/form-classes.ts';
import { emitQdq } from './emit/emit.ts';
import type { QuantizeOptions } from './quantize.ts';
import { settle } from './settle.ts';
import type { Target } from './targets/target.ts';

/**
 * A pass that quantizes for a target, by what was seen of the values of the model (see `calibrate`). It is in no
 * list of passes: what was seen belongs to one model.
 */
export function quantizePass(target: Target, statistics: Statistics, options: QuantizeOptions = {}): Pass {
  return graphPass({
    name: 'quantize/union',
    summary: `quantize for ${target.name}, with one scale for what must or had better share one`,
    byDefault: false,
    run({ model, editor, refuse }) {
      const { collected, classes } = settle(model, target, statistics, options);
      const { values, requantized, constants, diagnostics } = emitQdq(editor, collected, classes);
      for (const { code, at } of [...classes.diagnostics, ...diagnostics]) refuse(code, at);
      return values + requantized + constants;
    },
  });
}
