import type { Kernel } from '../kernel.ts';

export const quantizationKernels: readonly Kernel[] = [];
