// Names and parameters of com.microsoft's operators, for kernels, passes and patterns.
export { type GatherBlockQuantizedView, gatherBlockQuantized } from './gather-block-quantized.ts';
export { microsoftGelu } from './gelu.ts';
export { type MatMulNBitsView, matMulNBits } from './matmul-nbits.ts';
export { qGemm } from './qgemm.ts';
export { asConcat, qLinearConcat } from './qlinear-concat.ts';
export {
  qLinearAdd,
  qLinearLeakyRelu,
  qLinearMul,
  qLinearSigmoid,
  qLinearWhere,
} from './qlinear-elementwise.ts';
export { qLinearAveragePool, qLinearGlobalAveragePool } from './qlinear-pool.ts';
export { qLinearSoftmax } from './qlinear-softmax.ts';
export { type TokenizerView, tokenizer } from './tokenizer.ts';
