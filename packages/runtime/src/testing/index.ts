// fast-check arbitraries of ONNX values, nodes and models, and assertions about models, for any test runner.
export { type DTypeClass, dtypes } from './arbitraries/dtypes.ts';
export { type GeneratedModel, textOf } from './arbitraries/generated.ts';
export { type GraphOptions, graphs } from './arbitraries/graphs.ts';
export { operatorNodes } from './arbitraries/operator-nodes.ts';
export type { ModelOptions } from './arbitraries/options.ts';
export { type Broadcast, broadcastableShapes, type ShapeOptions, shapes } from './arbitraries/shapes.ts';
export { elements, type TensorOptions, tensors } from './arbitraries/tensors.ts';
export {
  EquivalenceError,
  type EquivalentOptions,
  equivalent,
  expectEquivalent,
  type ModelLike,
} from './assert/equivalent.ts';
export type { ElementStyle } from './build/elements.ts';
export type { Plan, Step } from './build/plan.ts';
export { coveredOperators, uncoveredOperators } from './operators/table.ts';
