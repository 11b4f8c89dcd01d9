export {
  compareValues,
  type Difference,
  type ElementDifference,
  type ElementDifferences,
} from './compare/compare-values.ts';
export {
  type CheckOptions,
  checkEquivalent,
  type Equivalence,
  type FoundDifference,
} from './compare/equivalence.ts';
export { type Tolerance, toleranceFor, toleranceOf } from './compare/tolerance.ts';
export type { MemoryUse } from './fast/fast-graph.ts';
export { loadFastKernels } from './fast/wasm/load.ts';
export { type EvaluateOptions, type Evaluation, evaluateNode, type Refusal } from './fold/evaluate-node.ts';
export { type Binding, bindingsFor, otherBindings, type SizeOptions } from './inputs/bindings.ts';
export { drawTensor, type Span, type Style } from './inputs/elements.ts';
export { type IndexRange, indexRanges } from './inputs/index-ranges.ts';
export { type InputOptions, makeInputs } from './inputs/make-inputs.ts';
export type { Kernel, KernelContext } from './kernels/kernel.ts';
export { kernelOf } from './kernels/registry.ts';
export { chromeTrace, type TraceEvent } from './profile/chrome-trace.ts';
export { Profile, type ProfileEntry } from './profile/profile.ts';
export { measureRoof, type Roof, type RoofShare, shareOfRoof } from './profile/roof.ts';
export type { NodeEvent, RunOptions } from './run/options.ts';
export { Random, seedFor } from './run/random.ts';
export { typeOfValue } from './run/value-type.ts';
export type { Feeds } from './session/feeds.ts';
export {
  createSession,
  type Session,
  type SessionInput,
  type SessionOptions,
  type SessionOutput,
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
