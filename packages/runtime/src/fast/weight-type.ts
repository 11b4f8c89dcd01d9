/**
 * What the kernels number the types of weights by: float32, float16, bfloat16, codes of int8 and of uint8, and float16
 * and bfloat16 that are multiplied by a factor.
 */
export type WeightType = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Bytes of a number. */
export function sizeOf(type: number): 1 | 2 | 4 {
  return type === 0 ? 4 : type === 3 || type === 4 ? 1 : 2;
}

/** Bytes before the numbers of a panel: zero points and scales of its columns, or factors in double. */
export function headOf(type: number): 0 | 64 {
  return type > 2 ? 64 : 0;
}

/** Bytes of a panel of 8 columns of `k` numbers. */
export function panelBytes(type: number, k: number): number {
  return 8 * k * sizeOf(type) + headOf(type);
}
