import { type ConvView } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { type RealResult } from '../real-result.ts';
import { type WindowGrid } from './window-runs.ts';
/** The parameters of a window, all of them known. Throws when one is not. */
export declare function windowGrid(
  ctx: KernelContext,
  view: Pick<ConvView, 'kernelShape' | 'strides' | 'dilations' | 'pads'>,
  image: readonly number[],
  grid: readonly number[],
): WindowGrid;
/** Convolves [N, C, ...] with weights [M, C / group, ...]: every sum in double, rounded once with its bias. */
export declare function convolve(
  ctx: KernelContext,
  x: NdArray,
  w: NdArray,
  bias: Reals | undefined,
  view: ConvView,
  dims: readonly number[],
  result: RealResult,
): void;
export declare const convKernel: Kernel;
