/** What the kernels number the types of weights by: float32, float16, bfloat16, int8, uint8. */
export type WeightType = 0 | 1 | 2 | 3 | 4;

/** Bytes of a number. */
export function sizeOf(type: number): 1 | 2 | 4 {
  return type === 0 ? 4 : type > 2 ? 1 : 2;
}

/** Bytes before the numbers of a panel: of codes the zero points of its columns, then their scales. */
export function headOf(type: number): 0 | 64 {
  return type > 2 ? 64 : 0;
}

/** Bytes of a panel of 8 columns of `k` numbers. */
export function panelBytes(type: number, k: number): number {
  return 8 * k * sizeOf(type) + headOf(type);
}
