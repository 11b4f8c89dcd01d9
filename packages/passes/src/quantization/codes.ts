import type { DType } from '@refold/ir';

/** The least and the largest code of the integer types that quantization uses; 32 bits are for biases only. */
export const codeRanges: ReadonlyMap<DType, readonly [number, number]> = new Map<
  DType,
  readonly [number, number]
>([
  ['uint2', [0, 3]],
  ['int2', [-2, 1]],
  ['uint4', [0, 15]],
  ['int4', [-8, 7]],
  ['uint8', [0, 255]],
  ['int8', [-128, 127]],
  ['uint16', [0, 65535]],
  ['int16', [-32768, 32767]],
]);
