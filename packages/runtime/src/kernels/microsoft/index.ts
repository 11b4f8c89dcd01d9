import type { Kernel } from '../kernel.ts';
import { qLinearConcat } from './qlinear-concat.ts';
import { qLinearElementwiseKernels } from './qlinear-elementwise.ts';
import { qLinearPoolKernels } from './qlinear-pool.ts';
import { qLinearSoftmax } from './qlinear-softmax.ts';

export const microsoftKernels: readonly Kernel[] = [
  qLinearConcat,
  ...qLinearElementwiseKernels,
  ...qLinearPoolKernels,
  qLinearSoftmax,
];
