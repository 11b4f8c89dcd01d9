import type { Kernel } from '../kernel.ts';
import { microsoftGeluKernel } from './gelu.ts';
import { qGemm } from './qgemm.ts';
import { qLinearConcat } from './qlinear-concat.ts';
import { qLinearElementwiseKernels } from './qlinear-elementwise.ts';
import { qLinearPoolKernels } from './qlinear-pool.ts';
import { qLinearSoftmax } from './qlinear-softmax.ts';
import { tokenizerKernel } from './tokenizer.ts';

export const microsoftKernels: readonly Kernel[] = [
  microsoftGeluKernel,
  qGemm,
  qLinearConcat,
  ...qLinearElementwiseKernels,
  ...qLinearPoolKernels,
  qLinearSoftmax,
  tokenizerKernel,
];
