import type { Kernel } from '../kernel.ts';

export const linearKernels: readonly Kernel[] = [];
