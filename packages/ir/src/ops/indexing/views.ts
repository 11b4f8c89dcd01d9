// What the indexing operators' parameters are, for kernels, passes and patterns.
export { type CompressView, compressView } from './compress.ts';
export { type CumulativeView, cumulativeView } from './cumulative.ts';
export { type GatherView, gatherView } from './gather.ts';
export { type GatherNDView, gatherNDView } from './gather-nd.ts';
export { type OneHotView, oneHotView } from './one-hot.ts';
export { type ReverseSequenceView, reverseSequenceView } from './reverse-sequence.ts';
export {
  type ScatterElementsView,
  type ScatterNDView,
  type ScatterReduction,
  scatterElementsView,
  scatterNDView,
} from './scatter.ts';
export { type TensorScatterView, tensorScatterView } from './tensor-scatter.ts';
export { type TopKView, topKView } from './top-k.ts';
export { type UniqueView, uniqueView } from './unique.ts';
