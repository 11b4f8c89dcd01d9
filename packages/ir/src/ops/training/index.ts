import type { Operator } from '../operator.ts';
import { negativeLogLikelihoodLoss, softmaxCrossEntropyLoss } from './losses.ts';
import { adagrad, adam, momentum } from './optimizers.ts';

export const trainingOperators: readonly Operator[] = [
  adagrad,
  adam,
  momentum,
  negativeLogLikelihoodLoss,
  softmaxCrossEntropyLoss,
];
