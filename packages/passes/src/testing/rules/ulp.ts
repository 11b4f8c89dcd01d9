import type { DType } from '@refold/ir';

/** Bits of the fraction, and the exponent of the smallest normal number. */
const formats: ReadonlyMap<DType, readonly [number, number]> = new Map([
  ['float64', [52, -1022]],
  ['float32', [23, -126]],
  ['float16', [10, -14]],
  ['bfloat16', [7, -126]],
]);

/** The distance of the numbers of a float type around `x`; floats of 8 bits and fewer count as having 2 bits. */
export function ulpOf(dtype: DType, x: number): number {
  const [bits, lowest] = formats.get(dtype) ?? [2, -6];
  if (!Number.isFinite(x)) return 0;
  const exponent = x === 0 ? lowest : Math.max(lowest, Math.floor(Math.log2(Math.abs(x))));
  return 2 ** (exponent - bits);
}

/** The distance of 1 and the next larger number of a float type. */
export function epsilonOf(dtype: DType): number {
  return ulpOf(dtype, 1);
}
