import type { Pass } from '../manager/pass.ts';
import { skipSoftmax } from './argmax-softmax.ts';
import { foldL1 } from './l1.ts';
import { foldL2 } from './l2.ts';
import { foldLogSoftmax } from './log-softmax.ts';
import { foldLogSumExp } from './log-sum-exp.ts';
import { foldMean } from './mean.ts';
import { mergeReductions } from './reduce-reduce.ts';
import { foldSoftmax } from './softmax.ts';
import { foldSumOfSquares } from './sum-of-squares.ts';

export const reductionsPasses: readonly Pass[] = [
  foldMean,
  mergeReductions,
  foldSoftmax,
  foldLogSoftmax,
  foldLogSumExp,
  foldSumOfSquares,
  foldL1,
  foldL2,
  skipSoftmax,
];
