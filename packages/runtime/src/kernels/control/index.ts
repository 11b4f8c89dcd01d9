import type { Kernel } from '../kernel.ts';

export const controlKernels: readonly Kernel[] = [];
