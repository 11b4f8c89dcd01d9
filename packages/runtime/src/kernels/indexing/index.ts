import type { Kernel } from '../kernel.ts';

export const indexingKernels: readonly Kernel[] = [];
