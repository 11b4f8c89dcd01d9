import type { Kernel } from '../kernel.ts';

export const mlKernels: readonly Kernel[] = [];
