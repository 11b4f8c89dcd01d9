export { type EvaluateOptions, type Evaluation, evaluateNode, type Refusal } from './fold/evaluate-node.ts';
export type { Kernel, KernelContext } from './kernels/kernel.ts';
export { kernelOf } from './kernels/registry.ts';
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
