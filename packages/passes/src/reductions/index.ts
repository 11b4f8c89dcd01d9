import type { Pass } from '../manager/pass.ts';
import { foldLogSoftmax } from './log-softmax.ts';
import { foldLogSumExp } from './log-sum-exp.ts';
import { foldMean } from './mean.ts';
import { foldL1, foldL2, foldSumOfSquares } from './norms.ts';
import { mergeReductions } from './reduce-reduce.ts';
import { foldSoftmax } from './softmax.ts';

export const reductionsPasses: readonly Pass[] = [
  foldMean,
  mergeReductions,
  foldSoftmax,
  foldLogSoftmax,
  foldLogSumExp,
  foldSumOfSquares,
  foldL1,
  foldL2,
];
