import type { Kernel } from '../kernel.ts';

export const textKernels: readonly Kernel[] = [];
