import type { Kernel } from '../kernel.ts';
import { qLinearConvIn } from './conv.ts';
import { qLinearMatMulIn } from './matmul.ts';
import type { RequantizationMode } from './requantization-mode.ts';

/**
 * Kernels of `QLinearMatMul` and `QLinearConv` that round as a processor does, for the option `kernels` of a session:
 * to simulate, to the bit, what such a processor computes. All others round as ONNX Runtime does.
 */
export function integerKernels(mode: RequantizationMode): readonly Kernel[] {
  return [qLinearMatMulIn(mode), qLinearConvIn(mode)];
}
