import type { Operator } from '../operator.ts';
import { batchNormalization } from './batch-normalization.ts';
import { groupNormalization } from './group-normalization.ts';
import { instanceNormalization } from './instance-normalization.ts';
import { layerNormalization, rmsNormalization } from './layer-normalization.ts';
import { lpNormalization } from './lp-normalization.ts';
import { lrn } from './lrn.ts';
import { meanVarianceNormalization } from './mean-variance-normalization.ts';

export const normalizationOperators: readonly Operator[] = [
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  lpNormalization,
  lrn,
  meanVarianceNormalization,
  rmsNormalization,
];
