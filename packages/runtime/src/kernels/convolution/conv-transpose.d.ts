import type { Kernel } from '../kernel.ts';
/**
 * A convolution backwards: each input element, times the kernel, is added onto the window of the output that
 * it stands for. So the output is the image and the input the grid of windows.
 */
export declare const convTransposeKernel: Kernel;
