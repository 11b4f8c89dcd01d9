import type { Operator } from '../operator.ts';
import { convInteger, qLinearConv } from './conv-integer.ts';
import { dynamicQuantizeLinear } from './dynamic-quantize-linear.ts';
import { matMulInteger, qLinearMatMul } from './matmul-integer.ts';
import { dequantizeLinear, quantizeLinear } from './quantize-linear.ts';

export const quantizationOperators: readonly Operator[] = [
  convInteger,
  dequantizeLinear,
  dynamicQuantizeLinear,
  matMulInteger,
  qLinearConv,
  qLinearMatMul,
  quantizeLinear,
];
