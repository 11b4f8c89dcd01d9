import type { Kernel } from '../kernel.ts';

export const microsoftKernels: readonly Kernel[] = [];
