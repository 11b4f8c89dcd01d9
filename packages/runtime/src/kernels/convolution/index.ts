import type { Kernel } from '../kernel.ts';
import { averagePoolKernel } from './average-pool.ts';
import { col2ImKernel } from './col2im.ts';
import { convKernel } from './conv.ts';
import { convTransposeKernel } from './conv-transpose.ts';
import { deformConvKernel } from './deform-conv.ts';
import { globalPoolKernels } from './global-pool.ts';
import { lpPoolKernel } from './lp-pool.ts';
import { maxPoolKernel } from './max-pool.ts';
import { maxRoiPoolKernel } from './max-roi-pool.ts';
import { maxUnpoolKernel } from './max-unpool.ts';

export const convolutionKernels: readonly Kernel[] = [
  averagePoolKernel,
  col2ImKernel,
  convKernel,
  convTransposeKernel,
  deformConvKernel,
  ...globalPoolKernels,
  lpPoolKernel,
  maxPoolKernel,
  maxRoiPoolKernel,
  maxUnpoolKernel,
];
