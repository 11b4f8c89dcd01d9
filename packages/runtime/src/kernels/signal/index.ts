import type { Kernel } from '../kernel.ts';
import { dftKernel } from './dft.ts';
import { melWeightMatrixKernel } from './mel-weight-matrix.ts';
import { stftKernel } from './stft.ts';
import { blackmanWindowKernel, hammingWindowKernel, hannWindowKernel } from './windows.ts';

export const signalKernels: readonly Kernel[] = [
  blackmanWindowKernel,
  dftKernel,
  hammingWindowKernel,
  hannWindowKernel,
  melWeightMatrixKernel,
  stftKernel,
];
