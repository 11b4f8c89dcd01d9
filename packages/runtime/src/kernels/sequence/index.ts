import type { Kernel } from '../kernel.ts';

export const sequenceKernels: readonly Kernel[] = [];
