import { reduceNames } from '@refold/ir';
import type { Kernel } from '../kernel.ts';
import { argExtremeKernel } from './arg-extreme.ts';
import { reduceKernel } from './reduce.ts';
import { softmaxKernel } from './softmax.ts';

export const reductionKernels: readonly Kernel[] = [
  argExtremeKernel('ArgMax'),
  argExtremeKernel('ArgMin'),
  softmaxKernel('Hardmax'),
  softmaxKernel('LogSoftmax'),
  ...reduceNames.map(reduceKernel),
  softmaxKernel('Softmax'),
];
