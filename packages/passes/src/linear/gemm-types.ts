import type { DType } from '@refold/ir';

/** Types for which every engine has a Gemm; integer Gemm is in the specification only. */
export const gemmTypes: readonly DType[] = ['float32', 'float16', 'float64', 'bfloat16'];
