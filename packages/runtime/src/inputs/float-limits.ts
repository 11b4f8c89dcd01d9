import { type DType, dtypeBits, dtypeKind, isFloat } from '@refold/ir';

/** Where the numbers of a float type end. */
export interface FloatLimits {
  /** Half the distance from 1 to the next larger number: what rounding to nearest adds, relative to the result. */
  readonly unit: number;
  readonly max: number;
  /** The smallest number of full precision. */
  readonly minNormal: number;
  /** The smallest number above zero. */
  readonly tiny: number;
}

const limits = {
  float64: { unit: 2 ** -53, max: Number.MAX_VALUE, minNormal: 2 ** -1022, tiny: 2 ** -1074 },
  float32: { unit: 2 ** -24, max: (2 - 2 ** -23) * 2 ** 127, minNormal: 2 ** -126, tiny: 2 ** -149 },
  float16: { unit: 2 ** -11, max: 65504, minNormal: 2 ** -14, tiny: 2 ** -24 },
  bfloat16: { unit: 2 ** -8, max: (2 - 2 ** -7) * 2 ** 127, minNormal: 2 ** -126, tiny: 2 ** -133 },
  float8e4m3fn: { unit: 2 ** -4, max: 448, minNormal: 2 ** -6, tiny: 2 ** -9 },
  float8e4m3fnuz: { unit: 2 ** -4, max: 240, minNormal: 2 ** -7, tiny: 2 ** -10 },
  float8e5m2: { unit: 2 ** -3, max: 57344, minNormal: 2 ** -14, tiny: 2 ** -16 },
  float8e5m2fnuz: { unit: 2 ** -3, max: 57344, minNormal: 2 ** -15, tiny: 2 ** -17 },
  float8e8m0: { unit: 0.5, max: 2 ** 127, minNormal: 2 ** -127, tiny: 2 ** -127 },
  float6e2m3: { unit: 2 ** -4, max: 7.5, minNormal: 1, tiny: 0.125 },
  float6e3m2: { unit: 2 ** -3, max: 28, minNormal: 0.25, tiny: 0.0625 },
  float4e2m1: { unit: 2 ** -2, max: 6, minNormal: 1, tiny: 0.5 },
} as const satisfies Partial<Record<DType, FloatLimits>>;

/** The limits of a float type, or of the parts of a complex one; those of float32 for all others. */
export function floatLimits(dtype: DType): FloatLimits {
  if (dtype === 'complex128') return limits.float64;
  return isFloat(dtype) ? limits[dtype as keyof typeof limits] : limits.float32;
}

/** The least and the greatest integer of a type of at most 32 bits, and, rounded, of the 64-bit ones. */
export function integerLimits(dtype: DType): { readonly low: number; readonly high: number } {
  const bits = dtypeBits(dtype);
  return dtypeKind(dtype) === 'signed'
    ? { low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) - 1 }
    : { low: 0, high: 2 ** bits - 1 };
}
