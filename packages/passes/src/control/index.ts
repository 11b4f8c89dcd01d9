import type { Pass } from '../manager/pass.ts';
import { inlineConstantIf } from './inline-if.ts';
import { inlineFunctions } from './inline-functions.ts';
import { forwardSequences } from './sequence.ts';

export const controlPasses: readonly Pass[] = [inlineFunctions, inlineConstantIf, forwardSequences];
