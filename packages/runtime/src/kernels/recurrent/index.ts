import type { Kernel } from '../kernel.ts';

export const recurrentKernels: readonly Kernel[] = [];
