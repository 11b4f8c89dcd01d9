import type { Kernel } from '../kernel.ts';

export const normalizationKernels: readonly Kernel[] = [];
