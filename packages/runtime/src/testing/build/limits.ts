import type { DType } from '@refold/ir';

/** Where the arithmetic of a float type ends. */
export interface FloatLimits {
  readonly largest: number;
  readonly leastNormal: number;
  readonly least: number;
  /** Distance from 1 to the next number. */
  readonly step: number;
}

/** The float types whose elements are drawn as numbers; narrower ones are drawn as codes. */
export const floatLimits: Partial<Record<DType, FloatLimits>> = {
  float64: {
    largest: Number.MAX_VALUE,
    leastNormal: 2 ** -1022,
    least: Number.MIN_VALUE,
    step: Number.EPSILON,
  },
  float32: {
    largest: 3.4028234663852886e38,
    leastNormal: 2 ** -126,
    least: 2 ** -149,
    step: 2 ** -23,
  },
  float16: { largest: 65504, leastNormal: 2 ** -14, least: 2 ** -24, step: 2 ** -10 },
  bfloat16: {
    largest: 3.3895313892515355e38,
    leastNormal: 2 ** -126,
    least: 2 ** -133,
    step: 2 ** -7,
  },
};
