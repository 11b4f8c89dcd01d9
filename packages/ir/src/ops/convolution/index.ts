import type { Operator } from '../operator.ts';
import { col2Im } from './col2im.ts';
import { conv } from './conv.ts';
import { convTranspose } from './conv-transpose.ts';
import { deformConv } from './deform-conv.ts';
import { globalAveragePool, globalLpPool, globalMaxPool } from './global-pool.ts';
import { maxRoiPool } from './max-roi-pool.ts';
import { maxUnpool } from './max-unpool.ts';
import { averagePool, lpPool, maxPool } from './pool.ts';

export const convolutionOperators: readonly Operator[] = [
  averagePool,
  col2Im,
  conv,
  convTranspose,
  deformConv,
  globalAveragePool,
  globalLpPool,
  globalMaxPool,
  lpPool,
  maxPool,
  maxRoiPool,
  maxUnpool,
];
