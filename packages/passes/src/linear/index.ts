import type { Pass } from '../manager/pass.ts';
import { foldAffineBeforeConv } from './affine-before.ts';
import { foldAffineIntoConv, foldBatchNormIntoConv } from './conv-affine.ts';
import { foldAffineIntoGemm } from './gemm-affine.ts';
import { fuseMatMulAdd } from './matmul-add.ts';
import { mergeMatMulChain } from './matmul-chain.ts';
import { foldPad } from './pad.ts';
import { foldTransposeIntoGemm } from './transpose-matmul.ts';

export const linearPasses: readonly Pass[] = [
  foldPad,
  foldBatchNormIntoConv,
  foldAffineIntoConv,
  foldAffineBeforeConv,
  foldAffineIntoGemm,
  mergeMatMulChain,
  fuseMatMulAdd,
  foldTransposeIntoGemm,
];
