export { depthwise, gatherWindows, pool, poolAll } from './conv';
export { binary, gateBlocks, scaleBlocks, unary } from './elementwise';
export { gemm, gemmNarrow } from './gemm';
export { gatherPairs, multiplyPairs, packPairs, widenRows } from './integer';
export { copyRows, fromBlocks, packColumns, toBlocks, transpose } from './pack';
export { layerNorm, reduceRows, softmax } from './rows';
export { free } from './scratch';
export { winogradInput } from './winograd-input';
export { winogradOutput } from './winograd-output';
