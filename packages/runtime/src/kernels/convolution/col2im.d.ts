import type { Kernel } from '../kernel.ts';
export declare const col2ImKernel: Kernel;
