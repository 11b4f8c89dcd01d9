import type { Kernel } from '../kernel.ts';
import { ifKernel } from './if.ts';
import { loopKernel } from './loop.ts';
import { scanKernel } from './scan.ts';
import { sequenceMapKernel } from './sequence-map.ts';

export const controlKernels: readonly Kernel[] = [ifKernel, loopKernel, scanKernel, sequenceMapKernel];
