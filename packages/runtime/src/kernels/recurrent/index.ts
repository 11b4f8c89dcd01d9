import type { Kernel } from '../kernel.ts';
import { gruKernel } from './gru.ts';
import { lstmKernel } from './lstm.ts';
import { rnnKernel } from './rnn.ts';

export const recurrentKernels: readonly Kernel[] = [gruKernel, lstmKernel, rnnKernel];
