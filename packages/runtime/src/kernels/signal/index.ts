import type { Kernel } from '../kernel.ts';

export const signalKernels: readonly Kernel[] = [];
