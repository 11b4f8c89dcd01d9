import type { Pass } from '../manager/pass.ts';
import { decideImpossibleBranches } from './impossible-branch.ts';
import { inlineFunctions } from './inline-functions.ts';
import { inlineConstantIf } from './inline-if.ts';
import { forwardSequences } from './sequence.ts';
import { unrollLoops } from './unroll-loop.ts';

export const controlPasses: readonly Pass[] = [
  inlineFunctions,
  decideImpossibleBranches,
  inlineConstantIf,
  unrollLoops,
  forwardSequences,
];
