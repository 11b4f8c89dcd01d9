/* What is built once more with relaxed SIMD, and takes the place of the kernels of the same names. */

export { depthwise } from './conv';
export { gemm, gemmNarrow } from './gemm';
export { free, scratchBytes } from './scratch';
