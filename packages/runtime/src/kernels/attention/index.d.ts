import type { Kernel } from '../kernel.ts';
export declare const attentionKernels: readonly Kernel[];
