import type { Kernel } from '../kernel.ts';

export const shapeKernels: readonly Kernel[] = [];
