import type { Kernel } from '../kernel.ts';

export const convolutionKernels: readonly Kernel[] = [];
