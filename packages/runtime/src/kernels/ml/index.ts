import type { Kernel } from '../kernel.ts';
import {
  arrayFeatureExtractorKernel,
  binarizerKernel,
  featureVectorizerKernel,
  normalizerKernel,
  scalerKernel,
} from './feature.ts';
import { imputerKernel } from './imputer.ts';
import { labelEncoderKernel } from './label-encoder.ts';
import { linearClassifierKernel, linearRegressorKernel } from './linear.ts';
import { castMapKernel, categoryMapperKernel, dictVectorizerKernel, zipMapKernel } from './maps.ts';
import { oneHotEncoderKernel } from './one-hot-encoder.ts';
import { svmClassifierKernel, svmRegressorKernel } from './svm.ts';
import {
  treeEnsembleClassifierKernel,
  treeEnsembleKernel,
  treeEnsembleRegressorKernel,
} from './tree-ensemble.ts';

export const mlKernels: readonly Kernel[] = [
  arrayFeatureExtractorKernel,
  binarizerKernel,
  castMapKernel,
  categoryMapperKernel,
  dictVectorizerKernel,
  featureVectorizerKernel,
  imputerKernel,
  labelEncoderKernel,
  linearClassifierKernel,
  linearRegressorKernel,
  normalizerKernel,
  oneHotEncoderKernel,
  scalerKernel,
  svmClassifierKernel,
  svmRegressorKernel,
  treeEnsembleClassifierKernel,
  treeEnsembleKernel,
  treeEnsembleRegressorKernel,
  zipMapKernel,
];
