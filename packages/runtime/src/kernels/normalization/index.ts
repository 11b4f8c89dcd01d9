import type { Kernel } from '../kernel.ts';
import { batchNormalizationKernel } from './batch-normalization.ts';
import { groupNormalizationKernel, instanceNormalizationKernel } from './group-normalization.ts';
import { layerNormalizationKernel, rmsNormalizationKernel } from './layer-normalization.ts';
import { lpNormalizationKernel } from './lp-normalization.ts';
import { lrnKernel } from './lrn.ts';
import { meanVarianceNormalizationKernel } from './mean-variance-normalization.ts';

export const normalizationKernels: readonly Kernel[] = [
  batchNormalizationKernel,
  groupNormalizationKernel,
  instanceNormalizationKernel,
  layerNormalizationKernel,
  lpNormalizationKernel,
  lrnKernel,
  meanVarianceNormalizationKernel,
  rmsNormalizationKernel,
];
