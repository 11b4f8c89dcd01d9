import type { Kernel } from '../kernel.ts';

export const attentionKernels: readonly Kernel[] = [];
