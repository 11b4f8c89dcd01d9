import type { Operator } from '../operator.ts';
import { gradient } from './gradient.ts';
import { negativeLogLikelihoodLoss, softmaxCrossEntropyLoss } from './losses.ts';
import { adagrad, adam, momentum } from './optimizers.ts';

export const trainingOperators: readonly Operator[] = [
  adagrad,
  adam,
  gradient,
  momentum,
  negativeLogLikelihoodLoss,
  softmaxCrossEntropyLoss,
];
