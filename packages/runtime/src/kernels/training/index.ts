import type { Kernel } from '../kernel.ts';
import { gradientKernel } from './gradient/gradient.ts';
import { negativeLogLikelihoodLossKernel, softmaxCrossEntropyLossKernel } from './losses.ts';
import { adagradKernel, adamKernel, momentumKernel } from './optimizers.ts';

export const trainingKernels: readonly Kernel[] = [
  adagradKernel,
  adamKernel,
  gradientKernel,
  momentumKernel,
  negativeLogLikelihoodLossKernel,
  softmaxCrossEntropyLossKernel,
];
