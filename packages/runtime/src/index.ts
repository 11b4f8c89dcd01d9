export type { Errors, EvaluatedNode } from './compare/bounds/errors.ts';
export { nodeBounds, nodeErrors } from './compare/bounds/node-errors.ts';
export {
  type CarriedError,
  type LocalError,
  type OperatorError,
  operatorError,
} from './compare/bounds/operator-errors.ts';
export {
  type CompareOptions,
  type Comparison,
  compareModels,
  type GivenInputs,
  type TriedInputs,
} from './compare/compare-models.ts';
export {
  compareValues,
  type Difference,
  type ElementDifference,
  type ElementDifferences,
} from './compare/compare-values.ts';
export type { FoundDifference } from './compare/end-to-end.ts';
export {
  type CheckOptions,
  checkEquivalent,
  type Equivalence,
} from './compare/equivalence.ts';
export { plainTolerance, type Tolerance, toleranceFor, toleranceOf } from './compare/tolerance.ts';
export type { Divergence, NodeName } from './compare/walk/divergence.ts';
export type { RenamedValues } from './compare/walk/pairing.ts';
export type { ParameterDifference } from './compare/walk/same-steps.ts';
export { loadFastKernels } from './fast/engine.ts';
export type { MemoryUse } from './fast/fast-session.ts';
export { endThreads, MAX_THREADS } from './fast/threads/pool.ts';
export { type ReadArrayOptions, readNpy, writeNpy } from './files/npy.ts';
export { type NpyRows, npyRows, rowsOf } from './files/npy-rows.ts';
export { type ArrayTypes, npzRows, readNpz, writeNpz } from './files/npz.ts';
export { type NamedArray, readTensorFile, writeTensorFile } from './files/pb.ts';
export { type EvaluateOptions, type Evaluation, evaluateNode, type Refusal } from './fold/evaluate-node.ts';
export type { ImageDecoder, ImageDecoders, ImageFormat, Pixels } from './images/pixels.ts';
export {
  type Binding,
  bindingsFor,
  edgeBindings,
  otherBindings,
  type SizeOptions,
} from './inputs/bindings.ts';
export { drawTensor, type Span } from './inputs/elements.ts';
export { type FloatLimits, floatLimits } from './inputs/float-limits.ts';
export { type IndexRange, indexRanges } from './inputs/index-ranges.ts';
export { type InputOptions, makeInputs } from './inputs/make-inputs.ts';
export { type Style, styles } from './inputs/styles.ts';
export { imageDecoderKernel } from './kernels/image/image-decoder.ts';
export type { Kernel, KernelContext } from './kernels/kernel.ts';
export { integerKernels } from './kernels/quantization/processor-kernels.ts';
export type {
  MultiplierForm,
  RequantizationMode,
  Rounding,
} from './kernels/quantization/requantization-mode.ts';
export { kernelOf } from './kernels/registry.ts';
export { type Work, workOf } from './profile/flops.ts';
export { Profile, type ProfiledNode } from './profile/profile.ts';
export { measureRoof, type Roof, type RoofShare, shareOfRoof } from './profile/roof.ts';
export { type OperatorProfile, profileByOperator } from './profile/table.ts';
export { type Trace, type TraceEvent, traceOf } from './profile/trace.ts';
export type { NodeEvent, RunOptions, RunSummary } from './run/options.ts';
export { Random, seedFor } from './run/random.ts';
export { typeOfValue } from './run/value-type.ts';
export { checkFeeds, type Feeds } from './session/feeds.ts';
export {
  createSession,
  type Session,
  type SessionInput,
  type SessionOptions,
  type SessionOutput,
  sessionInputs,
} from './session/session.ts';
export { ndFromTensor, tensorFromNd } from './tensor/codec.ts';
export {
  NdArray,
  type NdData,
  type NdMap,
  type NdOptional,
  type NdSequence,
  type NdValue,
} from './tensor/nd-array.ts';
export { fromReals, reals } from './tensor/reals.ts';
