import type { Kernel } from '../kernel.ts';
import { negativeLogLikelihoodLossKernel, softmaxCrossEntropyLossKernel } from './losses.ts';
import { adagradKernel, adamKernel, momentumKernel } from './optimizers.ts';

export const trainingKernels: readonly Kernel[] = [
  adagradKernel,
  adamKernel,
  momentumKernel,
  negativeLogLikelihoodLossKernel,
  softmaxCrossEntropyLossKernel,
];
