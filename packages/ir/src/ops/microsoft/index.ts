import type { Operator } from '../operator.ts';
import { gatherBlockQuantized } from './gather-block-quantized.ts';
import { microsoftGelu } from './gelu.ts';
import { matMulNBits } from './matmul-nbits.ts';
import { qGemm } from './qgemm.ts';
import { qLinearConcat } from './qlinear-concat.ts';
import {
  qLinearAdd,
  qLinearLeakyRelu,
  qLinearMul,
  qLinearSigmoid,
  qLinearWhere,
} from './qlinear-elementwise.ts';
import { qLinearAveragePool, qLinearGlobalAveragePool } from './qlinear-pool.ts';
import { qLinearSoftmax } from './qlinear-softmax.ts';
import { tokenizer } from './tokenizer.ts';

export const microsoftOperators: readonly Operator[] = [
  gatherBlockQuantized,
  matMulNBits,
  microsoftGelu,
  qGemm,
  qLinearAdd,
  qLinearAveragePool,
  qLinearConcat,
  qLinearGlobalAveragePool,
  qLinearLeakyRelu,
  qLinearMul,
  qLinearSigmoid,
  qLinearSoftmax,
  qLinearWhere,
  tokenizer,
];
