import type { Pass } from '../manager/pass.ts';
import { foldAffineBeforeConv } from './affine-conv.ts';
import { foldBatchNormBeforeGemm } from './bn-gemm.ts';
import { foldAffineIntoConv } from './conv-affine.ts';
import { foldBatchNormIntoConv } from './conv-bn.ts';
import { mergeConvChain } from './conv-chain.ts';
import { einsumToMatMul } from './einsum.ts';
import { foldAffineIntoGemm } from './gemm-affine.ts';
import { mergeGemmChain } from './gemm-chain.ts';
import { fuseMatMulAdd } from './matmul-add.ts';
import { mergeMatMulChain } from './matmul-chain.ts';
import { foldPad } from './pad.ts';
import { mergeParallelMatMuls } from './parallel-matmul.ts';
import { foldBatchNormThroughReshape } from './reshaped-bn.ts';
import { foldTransposeIntoGemm } from './transpose-matmul.ts';

export const linearPasses: readonly Pass[] = [
  einsumToMatMul,
  foldPad,
  foldBatchNormIntoConv,
  foldAffineIntoConv,
  foldAffineBeforeConv,
  foldAffineIntoGemm,
  foldBatchNormThroughReshape,
  foldBatchNormBeforeGemm,
  mergeConvChain,
  mergeMatMulChain,
  fuseMatMulAdd,
  mergeGemmChain,
  foldTransposeIntoGemm,
  mergeParallelMatMuls,
];
