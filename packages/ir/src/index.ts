export * from './analysis/index.ts';
export { cloneGraph, cloneNodes, type ResolveReference, type ValueMap } from './edit/clone.ts';
export { cloneModel } from './edit/clone-model.ts';
export { Editor, outputOf } from './edit/editor.ts';
export type { Change } from './edit/journal.ts';
export { canReplaceValue, replaceValue } from './edit/replace-value.ts';
export type { NodeSpec, Place, ValueSpec } from './edit/specs.ts';
export type { ChangeListener } from './edit/transactions.ts';
export * from './errors.ts';
export * from './graph/attribute.ts';
export * from './graph/function.ts';
export { Graph, type GraphOwner } from './graph/graph.ts';
export type { Initializers } from './graph/initializers.ts';
export { Model } from './graph/model.ts';
export { newModel } from './graph/new-model.ts';
export { Node, normalDomain } from './graph/node.ts';
export { NodeSet } from './graph/node-set.ts';
export { dtypeOf, shapeOf } from './graph/tensor-facts.ts';
export { type Use, Value } from './graph/value.ts';
export { constantTensor } from './infer/constant.ts';
export { contentsOfTensor, type InferGraph, staticContext } from './infer/facts.ts';
export { Inference } from './infer/incremental.ts';
export { contentsOf, inferGraph, inferModel, inferNode, type OnInvalid, objectionTo } from './infer/infer.ts';
export { refineDim, refineDims, refineType, sameType, typeKey } from './infer/refine.ts';
export { viewAs, viewOf } from './infer/view-of.ts';
export { decodeModel } from './onnx/decode-model.ts';
export { decodeTensorMessage, type NamedTensor } from './onnx/decode-tensor-message.ts';
export { encodeChunks, encodeModel } from './onnx/encode-model.ts';
export { encodeTensorMessage } from './onnx/encode-tensor-message.ts';
export type { DecodeOptions, ExternalFiles } from './onnx/limits.ts';
export { type Metadata, type ModelMetadata, metadataOf, modelMetadata } from './onnx/metadata.ts';
export { type AttentionView, attention, splitHeads } from './ops/attention/attention.ts';
export { type CausalConvView, causalConvWithState } from './ops/attention/causal-conv.ts';
export { type FlexAttentionView, flexAttention } from './ops/attention/flex-attention.ts';
export { type LinearAttentionView, linearAttention } from './ops/attention/linear-attention.ts';
export { type RotaryEmbeddingView, rotaryEmbedding } from './ops/attention/rotary-embedding.ts';
export { attributesOfCall } from './ops/call-attributes.ts';
export * from './ops/context.ts';
export * from './ops/control/views.ts';
export { type Col2ImView, col2Im, col2ImBlocks } from './ops/convolution/col2im.ts';
export { type ConvView, conv } from './ops/convolution/conv.ts';
export { type ConvTransposeView, convTranspose } from './ops/convolution/conv-transpose.ts';
export { type DeformConvView, deformConv } from './ops/convolution/deform-conv.ts';
export {
  type GlobalLpPoolView,
  globalAveragePool,
  globalLpPool,
  globalMaxPool,
} from './ops/convolution/global-pool.ts';
export { type MaxRoiPoolView, maxRoiPool } from './ops/convolution/max-roi-pool.ts';
export { type MaxUnpoolView, maxUnpool, unpooledShape } from './ops/convolution/max-unpool.ts';
export {
  type AveragePoolView,
  averagePool,
  type LpPoolView,
  lpPool,
  type MaxPoolView,
  maxPool,
  type PoolView,
} from './ops/convolution/pool.ts';
export { broadcastingOperators, commutingOperators } from './ops/elementwise/algebra.ts';
export * from './ops/elementwise/views.ts';
export * from './ops/image/views.ts';
export * from './ops/indexing/views.ts';
export { det } from './ops/linear/det.ts';
export { type EinsumLabel, type EinsumView, einsum, einsumLabels, einsumSizes } from './ops/linear/einsum.ts';
export { type GemmView, gemm } from './ops/linear/gemm.ts';
export { matMul } from './ops/linear/matmul.ts';
export * from './ops/microsoft/views.ts';
export * from './ops/ml/views.ts';
export { type BatchNormalizationView, batchNormalization } from './ops/normalization/batch-normalization.ts';
export { type GroupNormalizationView, groupNormalization } from './ops/normalization/group-normalization.ts';
export {
  type InstanceNormalizationView,
  instanceNormalization,
} from './ops/normalization/instance-normalization.ts';
export {
  type LayerNormalizationView,
  layerNormalization,
  rmsNormalization,
} from './ops/normalization/layer-normalization.ts';
export { type LpNormalizationView, lpNormalization } from './ops/normalization/lp-normalization.ts';
export { type LrnView, lrn } from './ops/normalization/lrn.ts';
export {
  type MeanVarianceNormalizationView,
  meanVarianceNormalization,
} from './ops/normalization/mean-variance-normalization.ts';
export { OpTable } from './ops/op-table.ts';
export * from './ops/operator.ts';
export * from './ops/quantization/views.ts';
export * from './ops/random/views.ts';
export * from './ops/recurrent/views.ts';
export { type ArgExtremeView, argExtremeOperator } from './ops/reduction/arg-extreme.ts';
export { type ReduceName, type ReduceView, reduceNames, reduceOperator } from './ops/reduction/reduce.ts';
export { type SoftmaxView, softmaxOperator } from './ops/reduction/softmax.ts';
export * from './ops/schema.ts';
export * from './ops/sequence/views.ts';
export * from './ops/shape/views.ts';
export * from './ops/signal/views.ts';
export { allNumbers, MAX_CONTENTS } from './ops/sizes.ts';
export { operatorOf } from './ops/table.ts';
export * from './ops/text/views.ts';
export * from './ops/training/views.ts';
export * from './text/index.ts';
export * from './types/byte-source.ts';
export {
  type Dim,
  dimKey,
  dimName,
  freshDim,
  isAnonymous,
  printDim,
  SymDim,
  symbolDim,
} from './types/dim.ts';
export {
  addDims,
  ceilDivDims,
  exactDiv,
  floorDivDims,
  modDims,
  mulDims,
  negDim,
  subDims,
} from './types/dim-arithmetic.ts';
export { dimRange, type Known, maxDims, minDims, sameDim } from './types/dim-bounds.ts';
export * from './types/dtype.ts';
export * from './types/elements.ts';
export * from './types/shape.ts';
export * from './types/small-floats.ts';
export { splatOf } from './types/splat.ts';
export * from './types/tensor.ts';
export * from './types/value-type.ts';
export * from './verify/index.ts';
