import type { Reals } from '../../tensor/reals.ts';
/**
 * Multilinear interpolation of one channel at fractional coordinates; places outside count as zero.
 * `corners` is the number of surrounding places, 2 to the power of the rank.
 */
export declare function sample(
  data: Reals,
  channel: number,
  image: readonly number[],
  strides: readonly number[],
  at: Float64Array,
  corners: number,
): number;
