export { convInteger, qLinearConv } from './conv-integer.ts';
export { dynamicQuantizeLinear } from './dynamic-quantize-linear.ts';
export type { Granularity, ScaleLayout } from './granularity.ts';
export { matMulInteger, qLinearMatMul } from './matmul-integer.ts';
export { ReorderedContext } from './operand-order.ts';
export {
  type DequantizeLinearView,
  dequantizeLinear,
  type QuantizeLinearView,
  quantizeLinear,
} from './quantize-linear.ts';
