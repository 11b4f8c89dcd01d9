import type { Kernel } from '../kernel.ts';

export const elementwiseKernels: readonly Kernel[] = [];
