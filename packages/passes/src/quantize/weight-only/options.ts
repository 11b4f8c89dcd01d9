import type { Node } from '@refold/ir';
import type { LinearLayer } from '../layers/linear-layer.ts';
import type { FloatProduct } from '../layers/products.ts';
import type { Gram } from '../round/gram.ts';
import type { RoundingMethod } from '../round/round-weights.ts';
import type { CodeType } from '../theta/format.ts';

/** The types of codes that weights may have. */
export type WeightCodeType = Extract<CodeType, 'int4' | 'uint4' | 'int8' | 'uint8'>;

/**
 * How codes are written: `qdq` as `DequantizeLinear` of the standard opset, which every engine reads; `matmulnbits` as
 * the operators `MatMulNBits` and `GatherBlockQuantized` of ONNX Runtime.
 */
export type WeightFormat = (typeof weightFormats)[number];

export const weightFormats = ['qdq', 'matmulnbits'] as const;

export type AccuracyLevel = 0 | 1 | 2 | 3 | 4;

export interface WeightOnlyOptions {
  /** `uint4` when absent: unsigned codes have zero points, signed ones have none. A function says it node by node. */
  readonly type?: WeightCodeType | ((node: Node) => WeightCodeType);
  /** Weights that share a scale, along the axis that is summed over; 32 when absent. The last block may be short. */
  readonly block?: number;
  /** `qdq` when absent. */
  readonly format?: WeightFormat;
  /**
   * What ONNX Runtime rounds data to before `MatMulNBits` multiplies: 1 float32, 2 float16, 3 bfloat16, 4 int8 by
   * blocks, which is fastest; 0, up to it, when absent. For `matmulnbits` alone: of `DequantizeLinear` a session says it.
   */
  readonly accuracyLevel?: AccuracyLevel;
  /** Weights with fewer elements stay floats, and so do those of few that are summed over; 1,024 when absent. */
  readonly least?: number;
  /** Nodes whose weights stay floats. */
  readonly keep?: (node: Node) => boolean;
  /** Whether the first and the last product are quantized too; with 4 bits they are not when absent. */
  readonly ends?: boolean;
  /** Whether tables that `Gather` looks up are quantized; false when absent. */
  readonly embeddings?: boolean;
  /** Moments of the data of layers, to round by; without them, to the nearest. See `GramCollector`. */
  readonly grams?: (layer: LinearLayer) => readonly Gram[] | undefined;
  /** How to round by them; `feedback` when absent. */
  readonly rounding?: RoundingMethod;
}

export interface WeightOnlyReport {
  readonly weights: number;
  /** Bytes of these weights as floats, and as codes with their scales and zero points. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Nodes whose weights are codes now, in the order of the graph. */
  readonly quantized: readonly Node[];
  /** Products with weights that stay in floats. */
  readonly float: readonly FloatProduct[];
}
