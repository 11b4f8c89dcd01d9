import type { Pass } from '../manager/pass.ts';
import { removeNeutral } from './arithmetic.ts';
import { simplifyCasts } from './cast.ts';
import { mergeClips } from './clip.ts';
import { removeDropout } from './dropout.ts';
import { removeIdentity } from './identity.ts';
import { fuseLogSoftmax } from './log-softmax.ts';
import { removeReduceOnes } from './reduce-ones.ts';
import { mergeScales } from './scale-chain.ts';
import { simplifyUnary } from './unary.ts';
import { simplifyWhere } from './where.ts';
import { dropZeroStates } from './zero-state.ts';

export const identitiesPasses: readonly Pass[] = [
  removeIdentity,
  removeDropout,
  simplifyCasts,
  simplifyUnary,
  simplifyWhere,
  removeNeutral,
  removeReduceOnes,
  mergeScales,
  mergeClips,
  fuseLogSoftmax,
  dropZeroStates,
];
