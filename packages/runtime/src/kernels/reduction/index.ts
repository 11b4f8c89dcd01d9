import type { Kernel } from '../kernel.ts';

export const reductionKernels: readonly Kernel[] = [];
