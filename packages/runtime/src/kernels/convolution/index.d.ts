import type { Kernel } from '../kernel.ts';
export declare const convolutionKernels: readonly Kernel[];
