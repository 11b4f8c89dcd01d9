// The indexing operators' names and parameters, for kernels, passes and patterns.
export { type CompressView, compress, compressView } from './compress.ts';
export { type CumulativeView, cumProd, cumSum, cumulativeView } from './cumulative.ts';
export { type GatherView, gather, gatherElements, gatherView } from './gather.ts';
export { type GatherNDView, gatherND, gatherNDView } from './gather-nd.ts';
export { nonZero } from './non-zero.ts';
export { type OneHotView, oneHot, oneHotView } from './one-hot.ts';
export { type ReverseSequenceView, reverseSequence, reverseSequenceView } from './reverse-sequence.ts';
export {
  type ScatterElementsView,
  type ScatterNDView,
  type ScatterReduction,
  scatter,
  scatterElements,
  scatterElementsView,
  scatterND,
  scatterNDView,
} from './scatter.ts';
export { type TensorScatterView, tensorScatter, tensorScatterView } from './tensor-scatter.ts';
export { type TopKView, topK, topKView } from './top-k.ts';
export { type UniqueView, unique, uniqueView } from './unique.ts';
