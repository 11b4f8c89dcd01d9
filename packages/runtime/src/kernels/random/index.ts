import type { Kernel } from '../kernel.ts';

export const randomKernels: readonly Kernel[] = [];
