import type { Kernel } from '../kernel.ts';
import {
  bernoulliKernel,
  multinomialKernel,
  randomNormalKernel,
  randomNormalLikeKernel,
  randomUniformKernel,
  randomUniformLikeKernel,
} from './random.ts';

export const randomKernels: readonly Kernel[] = [
  bernoulliKernel,
  multinomialKernel,
  randomNormalKernel,
  randomNormalLikeKernel,
  randomUniformKernel,
  randomUniformLikeKernel,
];
