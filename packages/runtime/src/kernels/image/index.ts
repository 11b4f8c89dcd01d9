import type { Kernel } from '../kernel.ts';

export const imageKernels: readonly Kernel[] = [];
