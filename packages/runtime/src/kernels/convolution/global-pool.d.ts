import type { Kernel } from '../kernel.ts';
export declare const globalAveragePoolKernel: Kernel;
export declare const globalPoolKernels: readonly Kernel[];
