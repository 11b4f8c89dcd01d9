import type { Kernel } from '../kernel.ts';
import { gatherBlockQuantized } from './gather-block-quantized.ts';
import { microsoftGeluKernel } from './gelu.ts';
import { matMulNBits } from './matmul-nbits.ts';
import { qGemm } from './qgemm.ts';
import { qLinearConcat } from './qlinear-concat.ts';
import { qLinearElementwiseKernels } from './qlinear-elementwise.ts';
import { qLinearPoolKernels } from './qlinear-pool.ts';
import { qLinearSoftmax } from './qlinear-softmax.ts';
import { tokenizerKernel } from './tokenizer.ts';

export const microsoftKernels: readonly Kernel[] = [
  gatherBlockQuantized,
  matMulNBits,
  microsoftGeluKernel,
  qGemm,
  qLinearConcat,
  ...qLinearElementwiseKernels,
  ...qLinearPoolKernels,
  qLinearSoftmax,
  tokenizerKernel,
];
