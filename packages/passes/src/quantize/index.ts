// Post-training quantization with scales that are united where the graph or the target asks for it.

export { type ClassError, classErrors, type MemberError } from './analyse/class-errors.ts';
export type { Subject } from './analyse/count-errors.ts';
export { type ErrorMetrics, ErrorSums } from './analyse/error-sums.ts';
export { GraphErrors, type ValueError } from './analyse/graph-errors.ts';
export { type KeepList, type KeepListOptions, keepListFor } from './analyse/keep-list.ts';
export { type LayerError, layerErrors } from './analyse/layer-errors.ts';
export { type QuantizedLayer, quantizedLayers } from './analyse/layers.ts';
export { OutputErrors } from './analyse/output-errors.ts';
export { type SmallWeights, smallWeightsFor } from './analyse/small-weights.ts';
export { type Breach, checkTarget } from './check/check-target.ts';
export type { Constraint, Derived, Origin, Point } from './classes/constraint.ts';
export type { Diagnostic } from './classes/diagnostic.ts';
export { type Classes, type ClassOptions, formClasses, type Statistics } from './classes/form-classes.ts';
export type { Step } from './classes/ladder.ts';
export type { Member } from './classes/member.ts';
export type { QuantizedClass } from './classes/quantized-class.ts';
export { defaultTolerance, preferenceTolerance, type Tolerance } from './classes/tolerance.ts';
export type { Bits, BitsByName } from './constraints/bits.ts';
export { type Collected, type CollectOptions, collectConstraints } from './constraints/collect.ts';
export type { PointTable } from './constraints/point-table.ts';
export type { DynamicOptions } from './dynamic/candidates.ts';
export { type DynamicReport, quantizeDynamically } from './dynamic/dynamic.ts';
export {
  type DynamicQuantizationOptions,
  type DynamicQuantizationReport,
  dynamicQuantization,
} from './dynamic/flow.ts';
export { type Emission, emitQdq } from './emit/emit.ts';
export { type QuantizedFormat, quantizedFormats, writeOperatorsOnCodes } from './emit/operators-on-codes.ts';
export { equaliseBranch, isScalableBranch } from './equalise/branch.ts';
export { type Equalised, type EqualiseOptions, equaliseLayers } from './equalise/cross-layer.ts';
export { type MigrateOptions, migratableValues, migrateOutliers } from './equalise/migrate.ts';
export {
  analyseQuantization,
  type ChannelReport,
  type ClassErrorReport,
  type LayerReport,
  type MemberErrorReport,
  type QuantizationAnalysis,
  type ValueReport,
} from './flow/analysis.ts';
export { PREPARED_OPSET } from './flow/clean.ts';
export { type PostTrainingResult, quantizePostTraining } from './flow/flow.ts';
export type { TriedObserver } from './flow/measured-observer.ts';
export type { FloatLayer, MethodOptions, Sizes } from './flow/method-run.ts';
export type { PostTrainingOptions, QuantizationProgress, SampleOptions } from './flow/options.ts';
export { type Prepared, type PrepareOptions, prepareModel } from './flow/prepare.ts';
export type {
  ClassReport,
  KeptReport,
  MemberReport,
  Note,
  QuantizationReport,
  SmallReport,
} from './flow/report.ts';
export type { RescuedBranch } from './flow/rescue.ts';
export { convertToHalf, type HalfOptions, type HalfReport } from './half/convert.ts';
export {
  type HalfConversionOptions,
  type HalfConversionReport,
  halfConversion,
} from './half/flow.ts';
export type { HalfType } from './half/half-type.ts';
export type { KeepReason } from './half/variables.ts';
export { quantizeBiases } from './import/biases.ts';
export { type TakenOver, takeOverCodes } from './import/take-over.ts';
export { type LinearLayer, linearLayer, linearLayers } from './layers/linear-layer.ts';
export type { FloatProduct, FloatReason } from './layers/products.ts';
export { constantRange } from './observers/constant.ts';
export { entropy } from './observers/entropy.ts';
export { isotoneRange, TopTwo } from './observers/isotone.ts';
export { minMax } from './observers/min-max.ts';
export { MovingAverage } from './observers/moving-average.ts';
export { mse } from './observers/mse.ts';
export type { Observer } from './observers/observer.ts';
export { percentile } from './observers/percentile.ts';
export { type QuantizeOptions, type QuantizeReport, quantizeModel } from './quantize.ts';
export { quantizePass } from './quantize-pass.ts';
export { meanShift, shiftBias } from './round/bias-correction.ts';
export {
  centred,
  type Gram,
  GramCollector,
  type GramOptions,
  gramBytes,
  type SavedMeans,
} from './round/gram.ts';
export { type RoundedModel, type RoundModelOptions, roundModel } from './round/round-model.ts';
export {
  type Rounded,
  type RoundingMethod,
  type RoundOptions,
  roundingMethods,
  roundWeights,
} from './round/round-weights.ts';
export { classesFor, type Settled, settle } from './settle.ts';
export { calibrate } from './statistics/calibrate.ts';
export { Calibration, constantStatistics } from './statistics/calibration.ts';
export { ChannelMaxima } from './statistics/channel-maxima.ts';
export { type Bin, Histogram, type HistogramData } from './statistics/histogram.ts';
export { type Range, rangeOf } from './statistics/range.ts';
export {
  mergeStatistics,
  parseStatistics,
  printStatistics,
  type SavedStatistics,
} from './statistics/saved-statistics.ts';
export * from './targets/index.ts';
export { type Cells, type CellThetas, cellCodes, cellThetas } from './theta/cells.ts';
export type { CodeType, Format } from './theta/format.ts';
export { lossOf, type Noise, noiseOf } from './theta/noise.ts';
export { codeOf, numberOf, type Theta, thetaOf } from './theta/theta.ts';
export {
  type WeightBits,
  type WeightQuantizationOptions,
  type WeightQuantizationReport,
  weightQuantization,
} from './weight-only/flow.ts';
export {
  type AccuracyLevel,
  type WeightCodeType,
  type WeightFormat,
  type WeightOnlyOptions,
  type WeightOnlyReport,
  weightFormats,
} from './weight-only/options.ts';
export { quantizeWeights } from './weight-only/weight-only.ts';
