import type { Kernel } from '../kernel.ts';
/** |x|^p, without the cost of a power where there is a plain way. */
export declare function powerOf(x: number, p: number): number;
/** The p-th root of a sum of p-th powers. */
export declare function rootOf(sum: number, p: number): number;
/** The p-norm of every window. */
export declare const lpPoolKernel: Kernel;
