import type { Kernel } from '../kernel.ts';
import { integerConvKernels } from './conv.ts';
import { dynamicQuantizeLinear } from './dynamic-quantize-linear.ts';
import { integerMatMulKernels } from './matmul.ts';
import { linearQuantizationKernels } from './quantize-linear.ts';

export const quantizationKernels: readonly Kernel[] = [
  ...integerConvKernels,
  ...integerMatMulKernels,
  ...linearQuantizationKernels,
  dynamicQuantizeLinear,
];
