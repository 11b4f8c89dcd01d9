import type { Kernel } from '../kernel.ts';
import { detKernel } from './det.ts';
import { einsumKernel } from './einsum.ts';
import { gemmKernel } from './gemm.ts';
import { matMulKernel } from './matmul.ts';

export const linearKernels: readonly Kernel[] = [detKernel, einsumKernel, gemmKernel, matMulKernel];
