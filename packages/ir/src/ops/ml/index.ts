import type { Operator } from '../operator.ts';
import {
  arrayFeatureExtractor,
  binarizer,
  featureVectorizer,
  imputer,
  normalizer,
  oneHotEncoder,
  scaler,
} from './feature.ts';
import { linearClassifier, linearRegressor } from './linear.ts';
import { castMap, categoryMapper, dictVectorizer, labelEncoder, zipMap } from './mapping.ts';
import { svmClassifier, svmRegressor } from './svm.ts';
import { treeEnsemble, treeEnsembleClassifier, treeEnsembleRegressor } from './tree-ensemble.ts';

export const mlOperators: readonly Operator[] = [
  arrayFeatureExtractor,
  binarizer,
  castMap,
  categoryMapper,
  dictVectorizer,
  featureVectorizer,
  imputer,
  labelEncoder,
  linearClassifier,
  linearRegressor,
  normalizer,
  oneHotEncoder,
  scaler,
  svmClassifier,
  svmRegressor,
  treeEnsemble,
  treeEnsembleClassifier,
  treeEnsembleRegressor,
  zipMap,
];
