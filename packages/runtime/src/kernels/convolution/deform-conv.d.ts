import type { Kernel } from '../kernel.ts';
export declare const deformConvKernel: Kernel;
