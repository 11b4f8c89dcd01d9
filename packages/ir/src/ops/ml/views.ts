// Names and parameters of the operators of ai.onnx.ml, for kernels, passes and patterns.
export {
  arrayFeatureExtractor,
  type BinarizerView,
  binarizer,
  featureVectorizer,
  imputer,
  type NormalizerView,
  normalizer,
  type OneHotEncoderView,
  oneHotEncoder,
  type ScalerView,
  scaler,
} from './feature.ts';
export {
  type LinearClassifierView,
  type LinearRegressorView,
  linearClassifier,
  linearRegressor,
} from './linear.ts';
export {
  type CastMapView,
  castMap,
  categoryMapper,
  type DictVectorizerView,
  dictVectorizer,
  type LabelEncoderView,
  labelEncoder,
  type ZipMapView,
  zipMap,
} from './mapping.ts';
export type { PostTransform } from './rows.ts';
export {
  type SvmClassifierView,
  type SvmKernelView,
  type SvmRegressorView,
  svmClassifier,
  svmRegressor,
} from './svm.ts';
export {
  type TreeAggregate,
  type TreeClassifierView,
  type TreeEnsembleView,
  treeEnsemble,
  treeEnsembleClassifier,
  treeEnsembleRegressor,
} from './tree-ensemble.ts';
