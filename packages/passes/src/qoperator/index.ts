import type { Pass } from '../manager/pass.ts';
import { binaryOnCodes } from './binary.ts';
import { concatOnCodes } from './concat.ts';
import { convOnCodes } from './conv.ts';
import { gemmOnCodes } from './gemm.ts';
import { matMulOnCodes } from './matmul.ts';
import { maxPoolOnCodes } from './max-pool.ts';
import { unaryOnCodes } from './unary.ts';
import { whereOnCodes } from './where.ts';

/** Operators on codes in the place of float operators between DequantizeLinear and QuantizeLinear; off by default. */
export const qoperatorPasses: readonly Pass[] = [
  convOnCodes,
  matMulOnCodes,
  gemmOnCodes,
  binaryOnCodes,
  unaryOnCodes,
  whereOnCodes,
  concatOnCodes,
  maxPoolOnCodes,
];
