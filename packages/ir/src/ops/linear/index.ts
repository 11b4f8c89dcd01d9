import type { Operator } from '../operator.ts';
import { det } from './det.ts';
import { einsum } from './einsum.ts';
import { gemm } from './gemm.ts';
import { matMul } from './matmul.ts';

export const linearOperators: readonly Operator[] = [det, einsum, gemm, matMul];
