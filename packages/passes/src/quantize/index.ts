// Post-training quantization with scales that are united where the graph or the target asks for it.
export { type Breach, checkTarget } from './check/check-target.ts';
export type { Constraint, Derived, Origin, Point } from './classes/constraint.ts';
export type { Diagnostic } from './classes/diagnostic.ts';
export { type Classes, type ClassOptions, formClasses, type Statistics } from './classes/form-classes.ts';
export type { Step } from './classes/ladder.ts';
export type { Member } from './classes/member.ts';
export type { QuantizedClass } from './classes/quantized-class.ts';
export { defaultTolerance, preferenceTolerance, type Tolerance } from './classes/tolerance.ts';
export { type Collected, type CollectOptions, collectConstraints } from './constraints/collect.ts';
export type { PointTable } from './constraints/point-table.ts';
export { type Emission, emitQdq } from './emit/emit.ts';
export {
  type PostTrainingOptions,
  type PostTrainingResult,
  type QuantizationProgress,
  quantizePostTraining,
} from './flow/flow.ts';
export type { TriedObserver } from './flow/measured-observer.ts';
export { PREPARED_OPSET, prepareModel } from './flow/prepare.ts';
export type { ClassReport, MemberReport, QuantizationReport } from './flow/report.ts';
export { constantRange } from './observers/constant.ts';
export { entropy } from './observers/entropy.ts';
export { isotoneRange, TopTwo } from './observers/isotone.ts';
export { minMax } from './observers/min-max.ts';
export { MovingAverage } from './observers/moving-average.ts';
export { mse } from './observers/mse.ts';
export type { Observer } from './observers/observer.ts';
export { percentile } from './observers/percentile.ts';
export { classesFor, type QuantizeOptions, type QuantizeReport, quantizeModel } from './quantize.ts';
export { quantizePass } from './quantize-pass.ts';
export { calibrate } from './statistics/calibrate.ts';
export { Calibration, constantStatistics } from './statistics/calibration.ts';
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
